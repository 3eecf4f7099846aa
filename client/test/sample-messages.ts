import type { Delivery, Receipt, ShownMessage } from "../store/model.ts";
import { hour, idOf, minute, nameOf } from "./sample-people.ts";

type Who = Parameters<typeof idOf>[0];

export function sampleMessage(
  seq: number,
  who: Who,
  body: string,
  atMs: number,
  delivery: Delivery = { state: who === "ada" ? "read" : "stored" },
): ShownMessage {
  return {
    key: `message-${seq}`,
    seq: delivery.state === "sending" || delivery.state === "refused" ? 0 : seq,
    author: { id: idOf(who), name: nameOf(who) },
    mine: who === "ada",
    body,
    deleted: false,
    edited: false,
    atMs,
    delivery,
  };
}

/** A working day between Ada and Grace, as it stands at `nowMs`. */
export function sampleTalk(nowMs: number): ShownMessage[] {
  const yesterday = nowMs - 23 * hour;
  const today = nowMs - 2 * hour;
  const lines: [Who, string, number][] = [
    ["grace", "Relay 70 in panel F is flaky again. I will open it tonight.", yesterday],
    ["ada", "Take a lamp. And a jar, if it is what I think it is.", yesterday + minute],
    ["grace", "It was what you think it is.", yesterday + 3 * hour],
    [
      "grace",
      "First actual case of a bug being found. I taped it into the logbook.",
      yesterday + 3 * hour + minute,
    ],
    ["ada", "🦋", yesterday + 3 * hour + 4 * minute],
    [
      "ada",
      "Did you see the notes on the Bernoulli numbers? Table and steps are here: https://example.org/notes/g#steps",
      today,
    ],
    [
      "grace",
      "Reading. Step 21 divides by the wrong variable, V5 and V4 are the other way round.",
      today + 9 * minute,
    ],
    [
      "grace",
      "Everything else holds. It is a beautiful piece of work: it reads like somebody thought about who comes after.",
      today + 10 * minute,
    ],
    [
      "ada",
      "Somebody did. Thank you, I will correct 21 and send it to the printer.",
      today + 12 * minute,
    ],
    [
      "ada",
      "Lunch at one?\nThe usual place is closed, so either\n– the bakery by the bridge\n– or mine, there is soup",
      today + 13 * minute,
    ],
    ["grace", "Soup.", today + 40 * minute],
    ["ada", "One o'clock then. Bring the jar.", today + 41 * minute],
  ];
  return lines.map(([who, body, atMs], at) => sampleMessage(at + 1, who, body, atMs));
}

/** A few people in a group, as it stands at `nowMs`. */
export function sampleGroupTalk(nowMs: number): ShownMessage[] {
  const lines: [Who, string, number][] = [
    ["katherine", "Who has the second reel?", nowMs - 50 * minute],
    ["linus", "On my desk, under the diff.", nowMs - 47 * minute],
    ["grace", "Then nobody will find it before Thursday.", nowMs - 46 * minute],
    ["ada", "I will come and look. Does anybody need cards from the store?", nowMs - 31 * minute],
    ["radia", "Two boxes, please.", nowMs - 29 * minute],
    ["katherine", "The cards are punched, all 4,000 of them.", nowMs],
  ];
  return lines.map(([who, body, atMs], at) => sampleMessage(at + 1, who, body, atMs));
}

/** As many messages as one likes, of lengths that repeat, ending at `nowMs`. */
export function sampleHistory(count: number, nowMs: number): ShownMessage[] {
  const bodies = [
    "Checked.",
    "The second run gave the same figures as the first, to the last digit.",
    "Then it is not the valves. Could you compare the two tapes, and tell me where they part for the first time?",
    "They part at 1,024.",
  ];
  return Array.from({ length: count }, (_, at) =>
    sampleMessage(
      at + 1,
      at % 7 < 4 ? "grace" : "ada",
      `${bodies[at % bodies.length]} (${at + 1})`,
      nowMs - (count - at) * 3 * minute,
    ),
  );
}

/** What became of a message in a group. */
export function sampleReceipts(nowMs: number): Receipt[] {
  const of = (who: Parameters<typeof idOf>[0], state: Receipt["state"], atMs: number | null) => ({
    id: idOf(who),
    name: nameOf(who),
    state,
    atMs,
  });
  return [
    of("grace", "read", nowMs - 40 * minute),
    of("katherine", "read", nowMs - 12 * minute),
    of("linus", "delivered", nowMs - 41 * minute),
    of("radia", "stored", null),
  ];
}
