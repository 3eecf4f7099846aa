import { z } from "@hono/zod-openapi";
import { limits } from "#wire/limits.ts";
import { channelKinds, memberRoles, shownAs, systemRoles } from "#wire/row.ts";

/** People and members of a page; messages too. */
const pageMax = limits.pageRowsMax;

const id = z.int().min(1);
const idText = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
const seq = z.int().min(0);
const time = z.iso.datetime();
/** What PostgreSQL can hold: no half of a surrogate pair. What is written may hold NUL, and is refused by its own code. */
const written = (charsMax: number) =>
  z
    .string()
    .max(charsMax)
    .refine((value) => value.isWellFormed(), "input_invalid");
/** What is only looked for: no NUL either, which no text of ours has. */
const text = (charsMax: number) =>
  written(charsMax).refine((value) => !value.includes("\0"), "input_invalid");

/** `limit` of every list. */
const limit = z.coerce.number().int().min(1).max(pageMax).default(pageMax);
/** Where a page begins: `next` of the one before, as it came. */
const after = text(400).optional();

export const ChannelParam = z.object({ channel: idText });
export const MemberParam = ChannelParam.extend({ user: idText });
export const MessageParam = ChannelParam.extend({ seq: idText });
export const UserParam = z.object({ user: idText });

export const PageQuery = z.object({ after, limit });
/** With `textId` the one channel of that id alone. */
export const ChannelsQuery = PageQuery.extend({ textId: text(120).optional() });
export const PeopleQuery = PageQuery.extend({ query: text(limits.queryCharsMax).default("") });
export const HistoryQuery = z.object({
  before: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
  limit,
});

/** Until then it is said; null where that is open. */
const Status = z.object({ text: z.string(), until: time.nullable() }).openapi("Status");
const seenFields = { online: z.boolean(), away: z.boolean() };
const personFields = {
  id,
  name: z.string(),
  role: z.enum(systemRoles),
  ...seenFields,
  lastSeenAt: time.nullable(),
  status: Status.nullable(),
};
export const Person = z.object(personFields).openapi("Person");

const Member = z
  .object({ ...personFields, role: z.enum(memberRoles), joinedAt: time })
  .openapi("Member");

export const Message = z
  .object({
    channel: id,
    seq,
    authorId: id,
    clientMessageId: z.string(),
    createdAt: time,
    editedAt: time.nullable(),
    rootSeq: seq.nullable(),
    system: z.boolean(),
    deleted: z.boolean(),
    body: z.string(),
  })
  .openapi("Message");

export const Channel = z
  .object({
    id,
    textId: z.string(),
    kind: z.enum(channelKinds),
    /** Null in a direct channel: it has the other person's. */
    name: z.string().nullable(),
    role: z.enum(memberRoles),
    peer: z.object({ id, name: z.string(), ...seenFields }).nullable(),
    members: z.int(),
    joinedAt: time,
    lastMessage: Message.nullable(),
    unread: z.int(),
    readSeq: seq,
    deliveredSeq: seq,
    readFrom: seq,
  })
  .openapi("Channel");

/** Ask `after` this for the next page; null on the last. */
const next = z.string().nullable();

export const People = z.object({ users: z.array(Person), next }).openapi("People");
export const Members = z
  .object({ members: z.array(Member), count: z.int(), next })
  .openapi("Members");
export const Channels = z.object({ channels: z.array(Channel), next }).openapi("Channels");
export const Messages = z
  .object({
    messages: z.array(Message),
    /** Ask `before` this for the page before; null where there is none. */
    before: seq.nullable(),
  })
  .openapi("Messages");

export const ChannelForm = z
  .discriminatedUnion("kind", [
    z.object({
      kind: z.literal("group"),
      /** Made by the caller, once per group: the same id is the same group. */
      id: z.uuid().toLowerCase(),
      name: written(1_000),
      users: z.array(id).max(limits.usersPerAddMax).default([]),
    }),
    z.object({ kind: z.literal("direct"), user: id }),
  ])
  .openapi("ChannelForm");

export const NameForm = z.object({ name: written(1_000) });
export const UsersForm = z.object({ users: z.array(id).min(1).max(limits.usersPerAddMax) });
export const RoleForm = z.object({ role: z.enum(memberRoles) });

export const MessageForm = z
  .object({
    /** Made by the caller, once per message: sent again, it is the same message. */
    clientMessageId: z.uuid().toLowerCase(),
    body: written(limits.frameBytesMax),
    rootSeq: seq.min(1).nullable().default(null),
  })
  .openapi("MessageForm");

export const SentMessage = z.object({ channel: id, seq, createdAt: time }).openapi("SentMessage");

const pointer = seq.nullable().default(null);
export const PointersForm = z
  .object({ readSeq: pointer, deliveredSeq: pointer, readFrom: pointer })
  .openapi("PointersForm");

export const TypingForm = z.object({ typing: z.boolean() });

export const Presence = z
  .object({ user: id, ...seenFields, lastSeenAt: time.nullable(), status: Status.nullable() })
  .openapi("Presence");
export const Shown = z
  .object({ as: z.enum(shownAs), typing: z.boolean(), receipts: z.boolean() })
  .openapi("Shown");
export const Profile = z.object({ status: Status.nullable(), shown: Shown }).openapi("Profile");
export const StatusForm = z.object({
  text: written(1_000),
  until: time.nullable().default(null),
});

export const Unread = z
  .object({
    total: z.int(),
    channels: z.array(z.object({ channel: id, unread: z.int() })),
  })
  .openapi("Unread");

export const Receipts = z
  .object({
    receipts: z.array(
      z.object({
        user: id,
        delivered: z.boolean(),
        deliveredAt: time.nullable(),
        read: z.boolean(),
        readAt: time.nullable(),
      }),
    ),
  })
  .openapi("Receipts");
