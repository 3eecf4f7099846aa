import { limits } from "./limits.ts";
import { opcode } from "./opcode.ts";
import { memberRoles, shownType } from "./row.ts";
import {
  bool,
  channelId,
  list,
  optional,
  record,
  streamId,
  text,
  time,
  uint,
  userId,
  uuid,
  type RecordOf,
  word,
} from "./schema.ts";

/** A stream and the cursor that somebody has in it; 0 holds nothing. */
const cursors = list(record({ stream: streamId, cursor: uint }), {
  max: limits.streamsPerResumeMax,
});

/** Read generously here, so that a longer body is refused by its own code and not as malformed. */
const draft = record({
  clientMessageId: uuid,
  body: text(limits.frameBytesMax),
  rootSeq: optional(uint),
});

/** Read generously here, so that a name that is too long is refused by its own code and not as malformed. */
const groupName = text(1_000);
/** The same of a status. */
const generousText = text(1_000);

/** Every command: its name, its opcode (see `opcode.ts`) and its fields in the order in which they travel, after `[opcode, ref`. */
export const commandFields = {
  hello: {
    token: text(limits.tokenCharsMax),
    epoch: text(16),
    streams: cursors,
  },
  renew: { token: text(limits.tokenCharsMax) },
  resume: { epoch: text(16), streams: cursors },
  summaries: {
    channels: list(channelId, { min: 1, max: limits.streamsPerSummariesMax }),
  },
  send: {
    channel: channelId,
    drafts: list(draft, { min: 1, max: limits.draftsPerSendMax }),
  },
  open: { channel: channelId, epoch: text(16), cursor: uint },
  close: { channel: channelId },
  /** `before` is an address, exclusive; 0 is the newest page. */
  history: { channel: channelId, before: uint, limit: uint },
  /** `readSeq` and `deliveredSeq` only grow; `readFrom` is set as given. Nil leaves a pointer as it is. */
  read: {
    pointers: list(
      record({
        channel: channelId,
        readSeq: optional(uint),
        deliveredSeq: optional(uint),
        readFrom: optional(uint),
      }),
      { min: 1, max: limits.pointersPerReadMax },
    ),
  },
  typing: { channel: channelId, typing: bool },
  /** With `ids` exactly these people; else a page of all whose name or address begins with `query`, after `after` of the last page. */
  people: {
    ids: list(userId, { max: limits.idsPerPeopleMax }),
    query: text(limits.queryCharsMax),
    after: optional(text(300)),
  },
  createDirect: { user: userId },
  ping: {},
  /** `id` is made by the client, once per group: the same id by the same person is the same group. */
  createGroup: {
    id: uuid,
    name: groupName,
    users: list(userId, { max: limits.usersPerAddMax }),
  },
  renameGroup: { channel: channelId, name: groupName },
  addMembers: {
    channel: channelId,
    users: list(userId, { min: 1, max: limits.usersPerAddMax }),
  },
  /** Oneself: leaves. */
  removeMember: { channel: channelId, user: userId },
  setRole: { channel: channelId, user: userId, role: word(memberRoles) },
  deleteGroup: { channel: channelId },
  members: { channel: channelId, after: optional(text(300)) },
  receipts: { channel: channelId, seq: uint },
  /** Nil takes it back. */
  setStatus: { status: optional(record({ text: generousText, until: optional(time) })) },
  setShown: { shown: shownType },
  /** Of this socket: nobody has touched its device for a while. */
  setAway: { away: bool },
} as const;

export type CommandName = keyof typeof commandFields;
export type CommandOf<Name extends CommandName> = {
  op: Name;
  ref: number;
} & RecordOf<(typeof commandFields)[Name]>;
export type Command = { [Name in CommandName]: CommandOf<Name> }[CommandName];
export type Draft = CommandOf<"send">["drafts"][number];

/** The name of an opcode, if it is a command's. */
export const commandNamed = new Map<number, CommandName>(
  (Object.keys(commandFields) as CommandName[]).map((name) => [opcode[name], name]),
);
