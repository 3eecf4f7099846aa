import { expect, test } from "bun:test";
import type { ChannelId } from "#wire/ids.ts";
import { faultsOf, Ledger } from "./ledger.ts";

const lobby = 7 as ChannelId;

/** Three messages, two readers; what each of them hears. */
function faultsWhere(
  one: readonly number[],
  other: readonly number[],
  sent = [40, 41, 44],
): string[] {
  const ledger = new Ledger();
  const readers = [ledger.reader(lobby), ledger.reader(lobby)];
  for (const seq of sent) ledger.sent(lobby, seq);
  for (const seq of one) readers[0]!.hear(seq);
  for (const seq of other) readers[1]!.hear(seq);
  return faultsOf(ledger.counts());
}

test("each message at each reader, once and in order, is right; so it is where a reply comes late", () => {
  expect(faultsWhere([40, 41, 44], [40, 41, 44])).toEqual([]);
});

test("deliveries are sends × readers", () => {
  const ledger = new Ledger();
  const readers = [ledger.reader(lobby), ledger.reader(lobby), ledger.reader(8 as ChannelId)];
  ledger.sent(lobby, 1);
  readers[0]!.hear(1);
  expect(ledger.isComplete).toBe(false);
  readers[1]!.hear(1);
  expect(ledger.isComplete).toBe(true);
  expect(ledger.counts()).toMatchObject({ sends: 1, expected: 2, deliveries: 2 });
});

test.each([
  ["one that is missing", [40, 44], [40, 41, 44], ["1 missing", "5 deliveries, not 6"]],
  ["all that are missing at one", [], [40, 41, 44], ["3 missing", "3 deliveries, not 6"]],
  ["one that comes twice", [40, 41, 41, 44], [40, 41, 44], ["1 doubled"]],
  ["one that comes again much later", [40, 41, 44, 40], [40, 41, 44], ["1 doubled"]],
  ["two that change places", [41, 40, 44], [40, 41, 44], ["1 reordered"]],
  [
    "one twice where another is missing, though their number is right",
    [40, 40, 44],
    [40, 41, 44],
    ["1 missing", "1 doubled", "5 deliveries, not 6"],
  ],
  [
    "one that nobody was told is stored, though their number is right",
    [40, 41, 45],
    [40, 41, 44],
    ["1 missing", "1 unaccounted"],
  ],
])("%s fails the run", (_what, one, other, faults) => {
  expect(faultsWhere(one, other)).toEqual(faults);
});

test("a run in which nothing was sent is no fast one", () => {
  expect(faultsWhere([], [], [])).toEqual(["nothing was sent"]);
});
