import type { ChannelId } from "#wire/ids.ts";
import type { Pointer } from "#wire/row.ts";
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
    ]),
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
  return device.receipts
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
