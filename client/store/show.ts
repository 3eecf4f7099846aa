import type { Seq, UserId } from "#wire/ids.ts";
import type { MessageRow } from "#wire/row.ts";

import type { Channel } from "./channel.ts";
import { messagesOf } from "./log.ts";
import type { ChannelLine, Delivery, Me, Presence, ShownMessage } from "./model.ts";
import { type Reach, reachOf } from "./others.ts";
import type { Pending } from "./pending.ts";
import type { Known } from "./people.ts";
import type { Membership } from "./state.ts";
import { isInList, unreadOf } from "./summary.ts";

type KnownOf = (id: UserId) => Known;

/** One object each, so that a row that did not change is shown by the same object. */
const settled = {
  stored: { state: "stored" },
  delivered: { state: "delivered" },
  read: { state: "read" },
} as const satisfies Record<string, Delivery>;

function settledAt(seq: Seq, { delivered, read }: Reach): Delivery {
  if (seq <= read) return settled.read;
  return seq <= delivered ? settled.delivered : settled.stored;
}

/** A row that did not change is shown by the same object, so that its view has nothing to do. */
const shownRows = new WeakMap<MessageRow, ShownMessage>();

/**
 * The channel's messages: the newest span without a hole, then one's own that have not come home. Who `seesReads` not, because they hide
 * what they have read themselves, sees them delivered at most, whatever live frames tell.
 */
export function showMessages(
  channel: Channel,
  me: Me,
  knownOf: KnownOf,
  seesReads: boolean,
): readonly ShownMessage[] {
  const rows = channel.log ? messagesOf(channel.log).filter(isInList) : [];
  const { delivered, read } = reachOf(channel.others);
  const reach = { delivered, read: seesReads ? read : 0 };
  return [
    ...rows.map((row) => showRow(row, me, knownOf, reach)),
    ...channel.pending.map((pending) => showPending(pending, me, reach)),
  ];
}

function showRow(row: MessageRow, me: Me, knownOf: KnownOf, reach: Reach): ShownMessage {
  const body = row.body!;
  const name = knownOf(body.authorId).name ?? "";
  const mine = body.authorId === me.id;
  const delivery = mine ? settledAt(row.entity, reach) : settled.stored;
  const known = shownRows.get(row);
  if (known?.author.name === name && known.delivery === delivery) return known;

  const shown: ShownMessage = {
    // Ids are unique per author: somebody else may have chosen the same.
    key: mine ? body.clientMessageId : `${body.authorId}:${body.clientMessageId}`,
    seq: row.entity,
    author: { id: body.authorId, name },
    mine,
    body: body.body,
    deleted: body.deleted,
    edited: body.editedAt !== null,
    atMs: body.createdAt,
    delivery,
  };
  shownRows.set(row, shown);
  return shown;
}

function showPending(pending: Pending, me: Me, reach: Reach): ShownMessage {
  return {
    key: pending.clientMessageId,
    seq: pending.stored?.seq ?? 0,
    author: { id: me.id, name: me.name },
    mine: true,
    body: pending.body,
    deleted: false,
    edited: false,
    atMs: pending.stored?.createdAt ?? pending.writtenAt,
    delivery: deliveryOf(pending, reach),
  };
}

function deliveryOf({ stored, refused, writtenAt }: Pending, reach: Reach): Delivery {
  if (stored) return settledAt(stored.seq, reach);
  if (refused) return { state: "refused", code: refused };
  return { state: "sending", sinceMs: writtenAt };
}

/** A channel's line in the list. */
export function showLine(
  membership: Membership,
  channel: Channel,
  me: Me,
  knownOf: KnownOf,
): ChannelLine {
  const { entity, body } = membership;
  const peer = body.peer && body.peer.id !== me.id ? body.peer : null;
  const peerName = peer && (knownOf(peer.id).name ?? peer.name);
  return {
    id: entity as ChannelLine["id"],
    textId: body.textId,
    kind: body.kind,
    name: body.name ?? peerName ?? me.name,
    peer: peer && { id: peer.id, ...presenceOf(knownOf(peer.id)) },
    role: body.role,
    last: lastOf(channel, me, peer || body.kind === "direct" ? undefined : knownOf),
    unread: channel.summary ? unreadOf(channel.summary, channel.log, me.id) : 0,
  };
}

function presenceOf({ online, lastSeenAt, away }: Presence): Presence {
  return { online, lastSeenAt, away };
}

/** One's own unsent message is the newest there is, wherever the server's head may be. */
function lastOf(
  { pending, summary }: Channel,
  me: Me,
  knownOf: KnownOf | undefined,
): ChannelLine["last"] {
  const unsent = pending.findLast(({ refused }) => !refused);
  if (unsent) return { body: unsent.body, mine: true, author: null, atMs: unsent.writtenAt };

  const body = summary?.last?.body;
  if (!body) return null;
  const mine = body.authorId === me.id;
  const author = mine ? null : (knownOf?.(body.authorId).name ?? null);
  return { body: body.body, mine, author, atMs: body.createdAt };
}

/** When something happened here last; a channel without messages stands where its membership began. */
export function activityOf(membership: Membership, line: ChannelLine): number {
  return line.last?.atMs ?? membership.body.joinedAt;
}
