import type { ChannelId, Seq, UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import type { MessageRow, Pointer } from "#wire/row.ts";
import { isUnread } from "#wire/unread.ts";
import type { MemoryStore } from "./memory-store.ts";
import { isPast } from "./device-claims.ts";
import type { SimulatedDevice } from "./simulated-device.ts";

/** What of the guarantees does not hold once the dust has settled, in sentences; empty where all do. */
export function checkRun(
  store: MemoryStore,
  channels: readonly ChannelId[],
  devices: readonly SimulatedDevice[],
  mayRise: boolean,
): string[] {
  return devices.flatMap((device) => [
    ...channels.flatMap((channel) => [
      ...checkWritten(store, channel, device, mayRise),
      ...checkReceipts(store, channel, device),
      ...checkJoined(store, channel, device),
      ...(device.isGone ? [] : checkHeld(store, channel, device)),
      ...(device.isGone ? [] : checkMembers(store, channel, device)),
      ...(device.isGone ? [] : checkPointer(store, channel, device)),
      ...checkUnread(store, channel, device),
    ]),
    ...(device.isReading && !device.isGone
      ? [`${device.sessionId} was never answered on what it read`]
      : []),
    ...device.reader.waiting.map((hole) => `${device.sessionId} waits for what is before ${hole}`),
  ]);
}

/**
 * All of it was answered, and stands exactly once, in the author's order, where the author was told; of who has gone perhaps not the end. What
 * was refused to who was no member stands nowhere, unless an attempt before was still under way when they came back.
 */
function checkWritten(
  store: MemoryStore,
  channel: ChannelId,
  device: SimulatedDevice,
  mayRise: boolean,
): string[] {
  const faults: string[] = [];
  const said = store.messages(channel).filter(({ draft }) => draft.sessionId === device.sessionId);
  const refused = new Set(
    device.written.get(channel)!.flatMap((one) => (one.isRefused ? one.clientMessageId : [])),
  );
  const own = said.filter(({ draft }) => !refused.has(draft.clientMessageId));
  const risen = said.filter(({ draft }) => refused.has(draft.clientMessageId));
  if (!mayRise && risen.length > 0) {
    faults.push(`"${risen[0]!.draft.body}" was refused, and stands at ${risen[0]!.seq}`);
  }
  const written = device.written.get(channel)!.filter(({ isRefused }) => !isRefused);
  for (const { clientMessageId, body, seq } of written) {
    const stored = own.filter(({ draft }) => draft.clientMessageId === clientMessageId);
    const where = stored.map((message) => message.seq).join(", ") || "nowhere";
    const isStray = seq === undefined ? !device.isGone || stored.length > 1 : where !== `${seq}`;
    const told = seq === undefined ? "was never answered" : `was stored at ${seq}`;
    if (isStray) faults.push(`"${body}" ${told}, and stands at ${where}`);
  }
  const order = own.map(({ draft }) => draft.body).join(", ");
  const due = device.isGone ? written.slice(0, own.length) : written;
  const wanted = due.map(({ body }) => body).join(", ");
  if (order !== wanted) faults.push(`${wanted} were written in ${channel}, and stand as ${order}`);
  return faults;
}

/** A member holds what is stored, message for message; who is none holds nothing. */
function checkHeld(store: MemoryStore, channel: ChannelId, device: SimulatedDevice): string[] {
  const isMember = store.readMemberOf(device.userId, [channel]).has(channel);
  const held = device.reader.messages(channel);
  const since = device.reader.sinceOf(channel);
  const stored = isMember ? store.messages(channel).filter(({ seq }) => seq >= since) : [];
  const isWhole =
    held.length === stored.length &&
    stored.every(({ seq, draft }, at) => held[at]![0] === seq && held[at]![1] === draft.body);
  if (isWhole) return [];
  const seqs = held.map(([seq]) => seq).join(" ");
  return [`${device.sessionId} holds ${seqs || "nothing"} of ${stored.length} in ${channel}`];
}

/** What was answered stands, or something further. */
function checkReceipts(store: MemoryStore, channel: ChannelId, device: SimulatedDevice): string[] {
  const stored = store.pointerOf(device.userId, channel);
  return device.told.receipts
    .filter((receipt) => stored && receipt.channel === channel && !isPast(receipt, stored))
    .map(({ readSeq }) => `${device.sessionId} read to ${readSeq}, which ${channel} has forgotten`);
}

/** Whoever joined begins at the head, as far as they had come before. */
function checkJoined(
  store: MemoryStore,
  channel: ChannelId,
  { userId }: SimulatedDevice,
): string[] {
  const { since, until } = store.staysOf(userId, channel).at(-1) ?? { since: 0, until: 0 };
  const { readSeq = 0, deliveredSeq = 0 } = store.pointerOf(userId, channel) ?? {};
  if (until !== undefined || Math.min(readSeq, deliveredSeq) >= since) return [];
  return [`${userId} joined ${channel} at ${since}, and has read to ${readSeq}`];
}

/** A member knows who is in the channel. */
function checkMembers(store: MemoryStore, channel: ChannelId, device: SimulatedDevice): string[] {
  const isMember = store.readMemberOf(device.userId, [channel]).has(channel);
  const rows = device.reader.rows(channel, "member").filter(({ body }) => body);
  const held = rows.map(({ entity }) => entity).toSorted((one, other) => one - other);
  const due = isMember ? store.memberIds(channel) : [];
  if (Bun.deepEquals(held, due)) return [];
  return [
    `${device.sessionId} sees ${held.join(" ")} in ${channel}, where there are ${due.join(" ")}`,
  ];
}

/** A device holds its user's pointers as they stand. */
function checkPointer(store: MemoryStore, channel: ChannelId, device: SimulatedDevice): string[] {
  const stored = store.pointerOf(device.userId, channel);
  if (!stored) return [];
  const held = device.pointerOf(channel) ?? neverMoved;
  if (Bun.deepEquals(held, stored)) return [];
  const [holds, stands] = [held, stored].map((pointer) => Object.values(pointer).join(" "));
  return [
    `${device.sessionId} holds the pointers ${holds} in ${channel}, where they are ${stands}`,
  ];
}

const neverMoved: Pointer = { readSeq: 0, deliveredSeq: 0, readFrom: 0 };

/** What is unread by the definition, of all that is stored, is what a summary says, and what a device counts in what it holds. */
function checkUnread(store: MemoryStore, channel: ChannelId, device: SimulatedDevice): string[] {
  const { userId, reader } = device;
  const summary = store.readSummary(userId, channel);
  if (!summary) return [];
  const stored = store
    .readStream(channel, 0, summary.asOf)!
    .rows.flatMap(({ row }) => (row.kind === "message" ? row : []));
  const due = countUnread(stored, userId, summary.readFrom);
  const { readFrom } = device.pointerOf(channel) ?? neverMoved;
  const isTold = !device.isGone && reader.sinceOf(channel) <= readFrom + 1;
  const seen = isTold ? countUnread(reader.rows(channel, "message"), userId, readFrom) : due;
  if (summary.unread === due && seen === due) return [];
  const said = `a summary says ${summary.unread}, and the device ${seen}`;
  return [`of ${channel} ${due} are unread for ${device.sessionId}: ${said}`];
}

function countUnread(rows: readonly MessageRow[], userId: UserId, readFrom: Seq): number {
  const reader = { userId, readFrom, blocked: new Set<UserId>() };
  return Math.min(rows.filter((row) => isUnread(row, reader)).length, limits.unreadMax);
}
