import type { ChannelId, Seq, UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import type { MessageRow, Pointer } from "#wire/row.ts";
import { isUnread } from "#wire/unread.ts";
import type { MemoryStore } from "./memory-store.ts";
import { isPast, type SimulatedDevice } from "./simulated-device.ts";

/** What of the guarantees does not hold once the dust has settled, in sentences; empty where all do. */
export function checkRun(
  store: MemoryStore,
  channels: readonly ChannelId[],
  devices: readonly SimulatedDevice[],
): string[] {
  return devices.flatMap((device) => [
    ...channels.flatMap((channel) => [
      ...checkWritten(store, channel, device),
      ...checkReceipts(store, channel, device),
      ...(device.isGone ? [] : checkHeld(store, channel, device)),
      ...(device.isGone ? [] : checkPointer(store, channel, device)),
      ...checkUnread(store, channel, device),
    ]),
    ...(device.isReading && !device.isGone
      ? [`${device.sessionId} was never answered on what it read`]
      : []),
    ...device.reader.waiting.map((hole) => `${device.sessionId} waits for what is before ${hole}`),
  ]);
}

/** All of it was answered, and stands exactly once, in the author's order, where the author was told; of who has gone perhaps not the end. */
function checkWritten(store: MemoryStore, channel: ChannelId, device: SimulatedDevice): string[] {
  const faults: string[] = [];
  const own = store.messages(channel).filter(({ draft }) => draft.sessionId === device.sessionId);
  const written = device.written.get(channel)!;
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
  const stored = isMember ? store.messages(channel) : [];
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
    .filter((receipt) => receipt.channel === channel && !isPast(receipt, stored))
    .map(({ readSeq }) => `${device.sessionId} read to ${readSeq}, which ${channel} has forgotten`);
}

/** A device holds its user's pointers as they stand. */
function checkPointer(store: MemoryStore, channel: ChannelId, device: SimulatedDevice): string[] {
  const held = device.reader.row(device.userId, "pointer", channel)?.body ?? neverMoved;
  const stored = store.pointerOf(device.userId, channel) ?? neverMoved;
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
    .rows.map(({ row }) => row as MessageRow);
  const due = countUnread(stored, userId, summary.readFrom);
  const { readFrom } = reader.row(userId, "pointer", channel)?.body ?? neverMoved;
  const seen = device.isGone ? due : countUnread(reader.rows(channel, "message"), userId, readFrom);
  if (summary.unread === due && seen === due) return [];
  const said = `a summary says ${summary.unread}, and the device ${seen}`;
  return [`of ${channel} ${due} are unread for ${device.sessionId}: ${said}`];
}

function countUnread(rows: readonly MessageRow[], userId: UserId, readFrom: Seq): number {
  const reader = { userId, readFrom, blocked: new Set<UserId>() };
  return Math.min(rows.filter((row) => isUnread(row, reader)).length, limits.unreadMax);
}
