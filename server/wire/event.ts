import { refusalCodes } from "./codes.ts";
import { limits } from "./limits.ts";
import { opcode } from "./opcode.ts";
import { memberRoles, nameType, row, statusType, systemRoles } from "./row.ts";
import {
  bool,
  channelId,
  list,
  optional,
  record,
  type RecordOf,
  streamId,
  text,
  time,
  uint,
  userId,
  word,
} from "./schema.ts";

const refusalCode = word(refusalCodes);
const rows = list(row, { max: limits.catchUpRowsMax * 2 });
const pointer = record({ user: userId, readSeq: uint, deliveredSeq: uint });
const person = record({
  id: userId,
  name: nameType,
  role: word(systemRoles),
  online: bool,
  lastSeenAt: optional(time),
  away: bool,
  status: optional(statusType),
});

const member = record({
  id: userId,
  name: nameType,
  role: word(memberRoles),
  joinedAt: time,
  online: bool,
  lastSeenAt: optional(time),
  away: bool,
  status: optional(statusType),
});

/** Replies: exactly one for each command. Every one has `ref` before these fields. */
export const replyFields = {
  refusal: { code: refusalCode, detail: text(1_000), retryAfterMs: uint },
  done: {},
  welcome: {
    version: uint,
    epoch: text(16),
    user: userId,
    now: time,
    server: text(40),
    heartbeatSeconds: uint,
    idleSecondsMax: uint,
    inFlightMax: uint,
    frameBytesMax: uint,
    bodyCharsMax: uint,
  },
  /** One fate for each draft, in order: stored at `seq`, or `code` says why not. */
  sent: {
    fates: list(record({ seq: uint, createdAt: time, code: optional(refusalCode) }), {
      max: limits.draftsPerSendMax,
    }),
  },
  /** The rows asked for came before it. `pointers` are those of the other members. */
  opened: { pointers: list(pointer, { max: 1_000 }) },
  /** Messages whose address is in `[since, before)`, newest last, as they are at the head `asOf`; `older` says whether there are any before `since`. */
  page: { asOf: uint, since: uint, older: bool, rows },
  peoplePage: {
    people: list(person, { max: limits.idsPerPeopleMax }),
    after: optional(text(300)),
  },
  direct: { channel: channelId, textId: text(120) },
  pong: { now: time },
  created: { channel: channelId, textId: text(120) },
  membersPage: {
    members: list(member, { max: limits.pageRowsMax }),
    count: uint,
    after: optional(text(300)),
  },
  /** What became of one message at each of the others who were members when it was said. */
  receiptsPage: {
    receipts: list(
      record({
        user: userId,
        delivered: bool,
        deliveredAt: optional(time),
        read: bool,
        readAt: optional(time),
      }),
      { max: limits.groupMembersMax },
    ),
  },
} as const;

/** Events: what the server says unasked. */
export const eventFields = {
  /** All durable changes of a stream in `(from, through]`, as they are now. */
  interval: { stream: streamId, from: uint, through: uint, rows },
  /**
   * Discard rows, spans and tombstones of the stream and start from these rows. In a channel they are its newest messages, from address
   * `since` on, and `older` says whether there are any before; in a user's stream further intervals follow.
   */
  reset: { stream: streamId, through: uint, since: uint, older: bool, rows },
  /** A channel's line in the list, as it is at the head `asOf`. `unread` is counted up to 100. */
  summary: {
    channel: channelId,
    asOf: uint,
    lastMessage: optional(row),
    unread: uint,
    readSeq: uint,
    deliveredSeq: uint,
    readFrom: uint,
  },
  /** All that `hello` asked for has come. */
  caughtUp: {},
  tokenExpiring: { at: time },
  /** Others' pointers, merged; only while the channel is open. */
  pointers: { channel: channelId, pointers: list(pointer, { max: 1_000 }) },
  /** Only while the channel is open. Forgotten after 5 s where no other comes. */
  typingChanged: { channel: channelId, user: userId, typing: bool },
  /** People who came or went, of those that this socket has listed or has a direct channel with. */
  presence: {
    people: list(record({ user: userId, online: bool, lastSeenAt: optional(time), away: bool }), {
      max: 1_000,
    }),
  },
  /** Too much waited for this socket's reader: it listens to nothing any more. The client answers with `resume`, as if the socket were new. */
  lagged: {},
  /** The server closes this socket in a moment; the client comes back after its own share of time. */
  goodbye: { returnAfterMs: uint },
  /** Of somebody whose presence is told to this socket. */
  statusChanged: { user: userId, status: optional(statusType) },
  /** How many members of a large channel are online; only while it is open, at most once per second. */
  onlineCount: { channel: channelId, online: uint },
} as const;

export type ReplyName = keyof typeof replyFields;
export type EventName = keyof typeof eventFields;
export type ReplyOf<Name extends ReplyName> = {
  op: Name;
  ref: number;
} & RecordOf<(typeof replyFields)[Name]>;
export type EventOf<Name extends EventName> = { op: Name } & RecordOf<(typeof eventFields)[Name]>;
export type Reply = { [Name in ReplyName]: ReplyOf<Name> }[ReplyName];
export type Event = { [Name in EventName]: EventOf<Name> }[EventName];
export type Interval = Omit<EventOf<"interval">, "op">;
/** What the server sends. */
export type Answer = Reply | Event;

const ofOpcode = <Name extends ReplyName | EventName>(names: Name[]) =>
  new Map<number, Name>(names.map((name) => [opcode[name], name]));
export const replyNamed = ofOpcode(Object.keys(replyFields) as ReplyName[]);
export const eventNamed = ofOpcode(Object.keys(eventFields) as EventName[]);
