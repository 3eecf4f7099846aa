/** The protocol's limits. Clients learn those that they need from `welcome`; each has a test on both sides of it. */
export const limits = {
  /** One body of `bodyCharsMax` four-byte characters, with room to spare. */
  frameBytesMax: 64 * 1024,
  /** A token of usual size, about 300 characters, and 257 streams of at most 19 bytes. */
  helloBytesMax: 8 * 1024,
  helloSecondsMax: 5,
  /** Unicode code points, after trimming. */
  bodyCharsMax: 4_000,
  draftsPerSendMax: 50,
  /** The user's own stream and the 256 channels that a client is likeliest to look at. */
  streamsPerResumeMax: 257,
  streamsPerSummariesMax: 200,
  pointersPerReadMax: 200,
  idsPerPeopleMax: 100,
  queryCharsMax: 80,
  /** Unicode code points of a person's or a group's name, after trimming. */
  nameCharsMax: 80,
  /** Unicode code points of a status, after trimming. */
  statusCharsMax: 80,
  usersPerAddMax: 100,
  /** A rename tells every member in one transaction, which holds the group for so many rows at most. */
  groupMembersMax: 1_000,
  tokenCharsMax: 4_096,
  /** Messages of a page of history, and people of a page of people. */
  pageRowsMax: 50,
  /** Further behind than this, a stream starts again from its newest page. */
  catchUpRowsMax: 1_000,
  /** An interval stays below this, or holds a single row: larger frames can stall in Bun's `drain`. */
  eventBytesMax: 16 * 1024,
  rowsPerFrameMax: 256,
  /** Unread is counted to here; a client shows "99+". */
  unreadMax: 100,
  /** Durable topics per socket, newest activity first; an opened channel always. */
  subscribedMax: 1_000,
  /** Summaries that come before `caughtUp`; the rest comes after it. */
  summariesFirstMax: 256,
  /** Commands of one socket that may be unanswered. */
  inFlightMax: 64,
  /** On one worker; twenty tabs on two devices, and some that died without a word. */
  socketsPerUserMax: 50,
  heartbeatSeconds: 25,
  /** Two missed heartbeats of 25 s, and a little patience. */
  idleSecondsMax: 60,
  /** A socket lives at most this much longer than its token. */
  tokenGraceSeconds: 30,
  tokenWarningSeconds: 60,
  /** From being too far behind to having read what waited, and from then to the answer. A reader of 6 KB/s makes it. */
  lagSecondsMax: 45,
} as const;

/** Typing (T2, T3): repeated at most every 2 s, stopped after 3 s idle, forgotten by the server after 5 s. */
export const typingMs = { repeat: 2_000, idle: 3_000, forget: 5_000 } as const;
