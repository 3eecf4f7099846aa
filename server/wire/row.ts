import type { Seq } from "./ids.ts";
import { limits } from "./limits.ts";
import {
  bool,
  optional,
  record,
  text,
  time,
  type Type,
  uint,
  userId,
  uuid,
  type ValueOf,
  WireError,
  word,
} from "./schema.ts";

export const channelKinds = ["direct", "group", "department", "project", "general"] as const;
export const memberRoles = ["admin", "moderator", "member"] as const;
export const shownAs = ["here", "away", "offline"] as const;
export const systemRoles = ["owner", "admin", "member", "guest"] as const;
export type ChannelKind = (typeof channelKinds)[number];
export type MemberRole = (typeof memberRoles)[number];
export type SystemRole = (typeof systemRoles)[number];

/** Names of people and channels. */
export const nameType = text(200);

/** What a message is: entity is its address. A deleted message keeps its row: `deleted`, and an empty body. */
const messageBody = record({
  authorId: userId,
  createdAt: time,
  clientMessageId: uuid,
  system: bool,
  rootSeq: optional(uint),
  editedAt: optional(time),
  deleted: bool,
  body: text(limits.bodyCharsMax * 2),
});

/** A member of the channel: entity is the user's number. Travels in the channel's stream. */
const memberBody = record({
  name: nameType,
  role: word(memberRoles),
  joinedAt: time,
});

/** The channel's own settings: entity is 0. */
const settingsBody = record({
  kind: word(channelKinds),
  name: optional(nameType),
});

/** That the user is in a channel: entity is the channel's number. Travels in the user's stream; `peer` is the other person of a direct channel. */
const membershipBody = record({
  textId: text(120),
  kind: word(channelKinds),
  name: optional(nameType),
  role: word(memberRoles),
  peer: optional(record({ id: userId, name: nameType })),
  joinedAt: time,
});

/** The user's own pointers in a channel: entity is the channel's number. Travels in the user's stream. */
const pointerBody = record({
  readSeq: uint,
  deliveredSeq: uint,
  readFrom: uint,
});

/** What somebody says of themselves, for a time or until they say something else. */
export const statusType = record({ text: text(limits.statusCharsMax * 2), until: optional(time) });

/** How others see somebody: as they are, always away, or as if they were not here; whether they see them write, and what they have read. */
export const shownType = record({
  as: word(shownAs),
  typing: bool,
  receipts: bool,
});

/** What the user says of themselves and how others see them: entity is 0. Travels in the user's stream. */
const profileBody = record({ status: optional(statusType), shown: shownType });

/** The kinds of rows, their number on the wire and what their body holds. */
export const rowKinds = {
  message: { number: 1, body: messageBody },
  member: { number: 2, body: memberBody },
  settings: { number: 3, body: settingsBody },
  membership: { number: 4, body: membershipBody },
  pointer: { number: 5, body: pointerBody },
  profile: { number: 6, body: profileBody },
} as const;

export type RowKind = keyof typeof rowKinds;
export type BodyOf<Kind extends RowKind> = ValueOf<(typeof rowKinds)[Kind]["body"]>;
export type MessageBody = BodyOf<"message">;
export type Pointer = BodyOf<"pointer">;
export type Profile = BodyOf<"profile">;
export type Status = ValueOf<typeof statusType>;
export type Shown = ValueOf<typeof shownType>;

/** Of whoever has never said anything else. */
export const defaultShown: Shown = { as: "here", typing: true, receipts: true };

/**
 * What travels: `(stream, kind, entity)` with its `version`, the `seq` of its last change in the stream. A `null` body means gone.
 * The one merge rule: a row replaces what is held if its version is greater.
 */
export type RowOf<Kind extends RowKind> = {
  kind: Kind;
  entity: number;
  version: Seq;
  body: BodyOf<Kind> | null;
};
export type Row = { [Kind in RowKind]: RowOf<Kind> }[RowKind];
export type MessageRow = RowOf<"message">;

const kindOfNumber = new Map(
  (Object.keys(rowKinds) as RowKind[]).map((kind) => [rowKinds[kind].number as number, kind]),
);

/** `[kind, entity, version, body or nil]`. */
export const row: Type<Row> = {
  shape: `row [kind: uint, entity: uint, version: uint, body: ${(Object.keys(rowKinds) as RowKind[])
    .map((kind) => `${kind} ${rowKinds[kind].number} ${rowKinds[kind].body.shape}`)
    .join(" | ")} | nil]`,
  parse(value, at) {
    if (!Array.isArray(value)) throw new WireError(`${at} must be an array`);
    const kind = kindOfNumber.get(value[0] as number);
    if (!kind) throw new WireError(`${at}.kind is not a kind of row`);
    return {
      kind,
      entity: uint.parse(value[1], `${at}.entity`),
      version: uint.parse(value[2], `${at}.version`),
      body: value[3] === null ? null : rowKinds[kind].body.parse(value[3], `${at}.body`),
    } as Row;
  },
  pack({ kind, entity, version, body }) {
    const type = rowKinds[kind] as { number: number; body: Type<unknown> };
    return [type.number, entity, version, body === null ? null : type.body.pack(body)];
  },
};
