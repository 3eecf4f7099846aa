/** What our client does by itself about a refusal or a close; a foreign client should do the same. */
export type ClientAction = "retry" | "resync" | "sign_in" | "nothing";

interface Code {
  /** For a person, shown at the control that caused it. */
  readonly sentence: string;
  /** For the person or the developer: what helps. */
  readonly remedy: string;
  readonly client: ClientAction;
}

/** The closed list of refusals: every answer that says no is one of these. */
export const refusals = {
  malformed: {
    sentence: "The server did not understand this.",
    remedy: "The detail names the field. Reload the page to get the newest client.",
    client: "nothing",
  },
  hello_first: {
    sentence: "Not signed in on this socket.",
    remedy: "The first command must be `hello`.",
    client: "resync",
  },
  already_greeted: {
    sentence: "Already signed in on this socket.",
    remedy: "Send `hello` once; `renew` changes the token.",
    client: "nothing",
  },
  token_invalid: {
    sentence: "Your sign-in is not valid here.",
    remedy: "Get a new access token, or sign in again.",
    client: "sign_in",
  },
  token_expired: {
    sentence: "Your sign-in has expired.",
    remedy: "Get a new access token.",
    client: "sign_in",
  },
  user_inactive: {
    sentence: "This account is deactivated.",
    remedy: "Ask an administrator.",
    client: "sign_in",
  },
  slow_down: {
    sentence: "Too much at once.",
    remedy: "Wait for answers before sending more; try again in a moment.",
    client: "retry",
  },
  send_in_flight: {
    sentence: "The previous send to this channel is unanswered.",
    remedy: "Wait for its reply: that keeps an author's own order.",
    client: "retry",
  },
  not_a_member: {
    sentence: "You are not a member of this channel.",
    remedy: "Ask somebody in it to add you.",
    client: "nothing",
  },
  channel_gone: {
    sentence: "This channel no longer exists.",
    remedy: "Nothing can be sent to it any more.",
    client: "nothing",
  },
  may_not_write: {
    sentence: "You can read here, but not write.",
    remedy: "Ask an administrator of the channel.",
    client: "nothing",
  },
  body_empty: {
    sentence: "There is nothing to send.",
    remedy: "Write something.",
    client: "nothing",
  },
  body_too_long: {
    sentence: "This message is too long.",
    remedy: "Shorten it, or send it in parts.",
    client: "nothing",
  },
  body_invalid: {
    sentence: "This message has a character that cannot be stored.",
    remedy: "Remove control characters.",
    client: "nothing",
  },
  root_unknown: {
    sentence: "The message that this replies to is not there.",
    remedy: "Reply to a message of the same channel.",
    client: "nothing",
  },
  skipped: {
    sentence: "Not tried, because an earlier message was refused.",
    remedy: "Settle the refused one, then send this again.",
    client: "retry",
  },
  user_unknown: {
    sentence: "There is no such person.",
    remedy: "Choose somebody from the list of people.",
    client: "nothing",
  },
  not_a_group: {
    sentence: "This is not a group.",
    remedy: "Only groups have a name and members that people change.",
    client: "nothing",
  },
  may_not_manage: {
    sentence: "Your role in this group does not allow this.",
    remedy: "Ask an admin of the group.",
    client: "nothing",
  },
  group_full: {
    sentence: "This group has as many members as it may have.",
    remedy: "Remove somebody first, or make another group.",
    client: "nothing",
  },
  name_invalid: {
    sentence: "A name has 1 to 80 characters, and no control characters.",
    remedy: "Choose another name.",
    client: "nothing",
  },
  status_invalid: {
    sentence: "A status has 1 to 80 characters, no control characters, and ends in the future.",
    remedy: "Say it shorter, or choose a later time.",
    client: "nothing",
  },
  id_taken: {
    sentence: "Somebody else made something under this id.",
    remedy: "Make a new id.",
    client: "nothing",
  },
  message_unknown: {
    sentence: "There is no such message.",
    remedy: "It may lie in another channel.",
    client: "nothing",
  },
  unavailable: {
    sentence: "The server cannot say whether this is stored.",
    remedy: "Send it again with the same id: it is stored once.",
    client: "retry",
  },
} as const satisfies Record<string, Code>;

export type RefusalCode = keyof typeof refusals;
export const refusalCodes = Object.keys(refusals) as [RefusalCode, ...RefusalCode[]];

/** An expected "no": a value, never an exception. */
export interface Refusal {
  readonly refused: RefusalCode;
  readonly detail?: string;
  /** When it has a chance, where that is known. */
  readonly retryAfterMs?: number;
}

interface CloseCode extends Code {
  readonly number: number;
}

/** Why the server ends a socket. */
export const closes = {
  restart: {
    number: 1012,
    sentence: "The server is restarting.",
    remedy: "Come back with `hello` and your cursors.",
    client: "retry",
  },
  protocol_error: {
    number: 4000,
    sentence: "The server did not understand this client.",
    remedy: "Reload the page; a foreign client has a fault.",
    client: "nothing",
  },
  hello_late: {
    number: 4001,
    sentence: "Nobody said hello.",
    remedy: "Send `hello` within 5 seconds.",
    client: "retry",
  },
  token_invalid: {
    number: 4002,
    sentence: "Your sign-in is not valid here.",
    remedy: "Get a new access token, or sign in again.",
    client: "sign_in",
  },
  token_expired: {
    number: 4003,
    sentence: "Your sign-in has expired.",
    remedy: "Get a new access token and come back.",
    client: "sign_in",
  },
  user_inactive: {
    number: 4004,
    sentence: "This account is deactivated.",
    remedy: "Ask an administrator.",
    client: "sign_in",
  },
  session_ended: {
    number: 4005,
    sentence: "You signed out.",
    remedy: "Sign in again.",
    client: "sign_in",
  },
  slow_down: {
    number: 4006,
    sentence: "This client sends more than it may.",
    remedy: "Respect `inFlightMax` and `retryAfterMs`; come back later.",
    client: "retry",
  },
  behind: {
    number: 4007,
    sentence: "This client reads too slowly.",
    remedy: "Come back with your cursors: nothing is lost.",
    client: "resync",
  },
  resync: {
    number: 4008,
    sentence: "The server's history was replaced.",
    remedy: "Come back with `hello`; what you hold is reset.",
    client: "resync",
  },
  idle: {
    number: 4009,
    sentence: "Nothing was heard for a while.",
    remedy: "Send `ping` at every heartbeat.",
    client: "retry",
  },
  frame_too_large: {
    number: 4010,
    sentence: "A frame was larger than allowed.",
    remedy: "Send less at once.",
    client: "nothing",
  },
} as const satisfies Record<string, CloseCode>;

export type CloseName = keyof typeof closes;

/** The close reason of a number, if it is one of ours. */
export function closeNamed(number: number): CloseName | undefined {
  return (Object.keys(closes) as CloseName[]).find((name) => closes[name].number === number);
}
