import type { ChannelId } from "#wire/ids.ts";
import type { MemoryStore } from "./memory-store.ts";
import type { SimulatedPerson } from "./simulated-person.ts";

/** What of the guarantees does not hold once the dust has settled, in sentences; empty where all do. */
export function checkRun(
  store: MemoryStore,
  channels: readonly ChannelId[],
  people: readonly SimulatedPerson[],
): string[] {
  return people.flatMap((person) => [
    ...channels.flatMap((channel) => [
      ...checkWritten(store, channel, person),
      ...(person.isGone ? [] : checkHeld(store, channel, person)),
    ]),
    ...person.reader.waiting.map(
      (hole) => `user ${person.userId} waits for what is before ${hole}`,
    ),
  ]);
}

/** All of it was answered, and stands exactly once, in the author's order, where the author was told; of who has gone perhaps not the end. */
function checkWritten(store: MemoryStore, channel: ChannelId, person: SimulatedPerson): string[] {
  const faults: string[] = [];
  const own = store.messages(channel).filter(({ draft }) => draft.authorId === person.userId);
  const written = person.written.get(channel)!;
  for (const { clientMessageId, body, seq } of written) {
    const stored = own.filter(({ draft }) => draft.clientMessageId === clientMessageId);
    const where = stored.map((message) => message.seq).join(", ") || "nowhere";
    const isStray = seq === undefined ? !person.isGone || stored.length > 1 : where !== `${seq}`;
    const told = seq === undefined ? "was never answered" : `was stored at ${seq}`;
    if (isStray) faults.push(`"${body}" ${told}, and stands at ${where}`);
  }
  const order = own.map(({ draft }) => draft.body).join(", ");
  const due = person.isGone ? written.slice(0, own.length) : written;
  const wanted = due.map(({ body }) => body).join(", ");
  if (order !== wanted) faults.push(`${wanted} were written in ${channel}, and stand as ${order}`);
  return faults;
}

/** A member holds what is stored, message for message; who is none holds nothing. */
function checkHeld(store: MemoryStore, channel: ChannelId, person: SimulatedPerson): string[] {
  const isMember = store.readMemberOf(person.userId, [channel]).has(channel);
  const held = person.reader.messages(channel);
  const stored = isMember ? store.messages(channel) : [];
  const isWhole =
    held.length === stored.length &&
    stored.every(({ seq, draft }, at) => held[at]![0] === seq && held[at]![1] === draft.body);
  if (isWhole) return [];
  const seqs = held.map(([seq]) => seq).join(" ");
  return [`user ${person.userId} holds ${seqs || "nothing"} of ${stored.length} in ${channel}`];
}
