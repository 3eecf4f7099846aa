import { expect, test } from "bun:test";
import fc from "fast-check";
import { limits } from "#wire/limits.ts";
import { turn } from "../test/asking.ts";
import type { Answered } from "./calls.ts";
import { lobby, engineRoom, Stored, open, disk, refusal, fates } from "../test/outboxes.ts";

test("U4: what is said shows at once, is on disk before it leaves, and is forgotten when it is stored", async () => {
  const kept = Promise.withResolvers<void>();
  const { drafts, store } = disk(() => kept.promise);
  const { outbox, sends, shown } = open(store);
  void outbox.open();
  outbox.say(lobby, "one");
  expect(shown.all).toEqual(["written one"]);
  await turn();
  expect(sends.all).toEqual([]);

  kept.resolve();
  const { answer, ids } = await sends.next();
  expect(Array.from(drafts.keys())).toEqual(ids);
  answer(fates(null));
  await shown.next((what) => what === "stored one at 1");
  expect(drafts.size).toBe(0);
});

test("a disk that hangs holds up nobody for longer than 200 ms", async () => {
  const { store } = disk(() => new Promise(() => undefined));
  const { outbox, clock, sends } = open(store);
  void outbox.open();
  outbox.say(lobby, "one");
  clock.pass(200);
  expect((await sends.next()).bodies).toEqual(["one"]);
});

test("one send per channel is unanswered: what is written meanwhile follows together, in order", async () => {
  const { outbox, sends } = open(disk().store);
  void outbox.open();
  outbox.say(lobby, "one");
  const first = await sends.next();
  for (const body of ["two", "three", "four"]) outbox.say(lobby, body);
  outbox.say(engineRoom, "elsewhere");
  expect((await sends.next()).channel).toBe(engineRoom);
  expect(sends.all).toHaveLength(2);
  first.answer(fates(null));
  expect((await sends.next()).bodies).toEqual(["two", "three", "four"]);
});

test("at most 50 drafts and one frame's worth of bytes leave together", async () => {
  const { outbox, sends } = open(disk().store);
  for (let number = 0; number < 60; number++) outbox.say(lobby, `${number}`);
  for (let number = 0; number < 9; number++) outbox.say(engineRoom, "😀".repeat(4_000));
  await turn();
  void outbox.open();
  const inLobby = await sends.next(({ channel }) => channel === lobby);
  expect(inLobby.bodies).toHaveLength(limits.draftsPerSendMax);
  const elsewhere = await sends.next(({ channel }) => channel === engineRoom);
  expect(elsewhere.bodies).toHaveLength(3);
});

test("B32, W4: a send whose answer was lost goes again with the same ids, before anything newer", async () => {
  const { outbox, sends } = open(disk().store);
  void outbox.open();
  outbox.say(lobby, "one");
  const lost = await sends.next();
  outbox.pause();
  lost.answer({ op: "lost" });
  outbox.say(lobby, "two");
  await turn();
  expect(sends.all).toHaveLength(1);

  void outbox.open();
  const again = await sends.next();
  expect(again.bodies[0]).toBe("one");
  expect(again.ids[0]).toBe(lost.ids[0]);
});

test("a refused draft stays with its code and holds up nobody; the skipped ones go again without it", async () => {
  const { drafts, store } = disk();
  const { outbox, sends, shown } = open(store);
  for (const body of ["one", "two", "three"]) outbox.say(lobby, body);
  await turn();
  void outbox.open();
  (await sends.next(({ bodies }) => bodies.length === 3)).answer(
    fates(null, "body_invalid", "skipped"),
  );
  const again = await sends.next();
  expect(again.bodies).toEqual(["three"]);
  again.answer(fates(null));
  await shown.next((what) => what === "stored three at 1");
  expect(shown.all).toContain("refused two: body_invalid");
  expect(Array.from(drafts.values(), ({ body, refused }) => [body, refused!])).toEqual([
    ["two", "body_invalid"],
  ]);
});

test("a refused draft is sent again when the person says so, after what was written since", async () => {
  const { outbox, sends, shown } = open(disk().store);
  void outbox.open();
  outbox.say(lobby, "one");
  const first = await sends.next();
  first.answer(fates("may_not_write"));
  await shown.next((what) => what === "refused one: may_not_write");
  outbox.say(lobby, "two");
  const second = await sends.next();
  outbox.retry(first.ids[0]!);
  second.answer(fates(null));
  const third = await sends.next();
  expect(third.bodies).toEqual(["one"]);
  expect(third.ids).toEqual(first.ids);
});

test("a refused draft is forgotten when the person says so", async () => {
  const { drafts, store } = disk();
  const { outbox, sends, shown } = open(store);
  void outbox.open();
  outbox.say(lobby, "one");
  const { answer, ids } = await sends.next();
  answer(fates("body_invalid"));
  await shown.next((what) => what.startsWith("refused"));
  outbox.discard(ids[0]!);
  await shown.next((what) => what === "discarded one");
  expect(drafts.size).toBe(0);
});

test("a channel that one may not write to refuses all that waits", async () => {
  const { outbox, sends, shown } = open(disk().store);
  outbox.say(lobby, "one");
  outbox.say(lobby, "two");
  await turn();
  void outbox.open();
  (await sends.next(({ bodies }) => bodies.length === 2)).answer(refusal("not_a_member"));
  await shown.next((what) => what === "refused two: not_a_member");
  expect(shown.all).toContain("refused one: not_a_member");
});

test("S8: a server that says slow down is left alone for as long as it says, whatever is written meanwhile, and nobody is alarmed", async () => {
  const { outbox, clock, sends, shown } = open(disk().store);
  void outbox.open();
  outbox.say(lobby, "one");
  const first = await sends.next();
  first.answer(refusal("slow_down", 5_000));
  await turn();
  outbox.say(lobby, "two");
  outbox.say(engineRoom, "elsewhere");
  expect((await sends.next()).channel).toBe(engineRoom);
  clock.pass(4_999);
  await turn();
  expect(sends.all).toHaveLength(2);
  clock.pass(1);
  const again = await sends.next();
  expect(again.bodies).toEqual(["one", "two"]);
  expect(again.ids[0]).toBe(first.ids[0]);
  expect(shown.all).toEqual(["written one", "written two", "written elsewhere"]);
});

test("S8: on another socket what was left alone goes at once", async () => {
  const { outbox, sends } = open(disk().store);
  void outbox.open();
  outbox.say(lobby, "one");
  (await sends.next()).answer(refusal("slow_down", 5_000));
  await turn();
  outbox.pause();
  void outbox.open();
  expect((await sends.next()).bodies).toEqual(["one"]);
});

test("a server that has no time is asked again after what it names, and after longer and longer", async () => {
  const { outbox, clock, sends } = open(disk().store);
  void outbox.open();
  outbox.say(lobby, "one");
  (await sends.next()).answer(refusal("slow_down", 5_000));
  await turn();
  clock.pass(4_999);
  expect(sends.all).toHaveLength(1);
  clock.pass(1);
  outbox.say(lobby, "two");
  await turn();
  (await sends.next()).answer(fates("unavailable"));
  await turn();
  clock.pass(299);
  expect(sends.all).toHaveLength(2);
  clock.pass(1);
  (await sends.next(({ bodies }) => bodies.length === 2)).answer(fates(null, "unavailable"));
  await turn();
  expect(sends.all).toHaveLength(3);
  clock.pass(600);
  expect(sends.all.at(-1)!.bodies).toEqual(["two"]);
});

test("too long a body is refused here, and nothing waits for it", async () => {
  const { outbox, sends, shown } = open(disk().store);
  void outbox.open();
  outbox.say(lobby, "x".repeat(4_001));
  outbox.say(lobby, "😀".repeat(4_000));
  expect(shown.all.filter((what) => what.startsWith("refused"))).toHaveLength(1);
  expect((await sends.next()).bodies).toEqual(["😀".repeat(4_000)]);
});

test("what came home as a row is not sent again", async () => {
  const { drafts, store } = disk();
  const { outbox, sends } = open(store);
  void outbox.open();
  outbox.say(lobby, "one");
  const { answer, ids } = await sends.next();
  outbox.pause();
  answer({ op: "lost" });
  outbox.home(ids[0]!);
  outbox.say(lobby, "two");
  await turn();
  void outbox.open();
  expect((await sends.next()).bodies).toEqual(["two"]);
  expect(Array.from(drafts.values(), ({ body }) => body)).toEqual(["two"]);
});

test("B32: after a reload the drafts of a tab that is gone are shown and sent; those of a living tab are left to it", async () => {
  const { store } = disk();
  const crashed = open(store, { tab: "crashed" });
  crashed.outbox.say(lobby, "one");
  crashed.outbox.say(lobby, "two");
  const living = open(store, { tab: "living" });
  living.outbox.say(lobby, "mine");
  await turn();

  const reloaded = open(store, { living: ["living"] });
  await reloaded.outbox.adopt();
  await reloaded.outbox.adopt();
  expect(reloaded.shown.all).toEqual(["written one", "written two"]);
  void reloaded.outbox.open();
  expect((await reloaded.sends.next()).bodies).toEqual(["one", "two"]);
});

test("B32: what an earlier page left goes before what was written while this one loaded", async () => {
  const { store } = disk();
  open(store, { tab: "crashed" }).outbox.say(lobby, "one");
  await turn();
  const { outbox, clock, sends } = open(store);
  clock.pass(1);
  outbox.say(lobby, "two");
  await turn();
  void outbox.open();
  expect((await sends.next()).bodies).toEqual(["one", "two"]);
});

test("a disk that never answers holds up nobody for long, nor does it open a socket that has gone", async () => {
  const { store } = disk(() => new Promise(() => undefined));
  const { outbox, clock, sends } = open({ ...store, adopt: () => new Promise(() => undefined) });
  outbox.say(lobby, "one");
  void outbox.open();
  outbox.pause();
  clock.pass(2_000);
  await turn();
  expect(sends.all).toEqual([]);
  void outbox.open();
  clock.pass(2_000);
  expect((await sends.next()).bodies).toEqual(["one"]);
});

test("B32: who signs out and in again on one page finds what was not sent", async () => {
  const { store } = disk();
  const before = open(store, { living: ["this tab"] });
  before.outbox.say(lobby, "one");
  await turn();
  const { outbox, sends, shown } = open(store, { living: ["this tab"] });
  await outbox.adopt();
  await outbox.adopt();
  expect(shown.all).toEqual(["written one"]);
  void outbox.open();
  expect((await sends.next()).bodies).toEqual(["one"]);
});

test("where no tab can tell which others live, a draft that goes from hand to hand is shown once in each", async () => {
  const { store } = disk();
  const [one, other] = [open(store, { tab: "one" }), open(store, { tab: "other" })];
  one.outbox.say(lobby, "mine");
  await turn();
  await other.outbox.adopt();
  await one.outbox.adopt();
  await other.outbox.adopt();
  expect(one.shown.all).toEqual(["written mine"]);
  expect(other.shown.all).toEqual(["written mine"]);
});

test("B32, W4: whatever the network and the server do, everything is stored once and in the order of writing", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(5), { maxLength: 40 }),
      fc.integer({ min: 1, max: 12 }),
      async (troubles, count) => {
        const stored = new Stored();
        const { outbox, clock, sends, shown } = open(disk().store);
        void outbox.open();
        const bodies = Array.from({ length: count }, (_, index) => `${index}`);
        for (const body of bodies) outbox.say(lobby, body);
        for (const trouble of [...troubles, ...Array<number>(60).fill(9)]) {
          await turn();
          const sent = sends.all.at(-1);
          if (stored.bodies.length === count || !sent) break;
          if (trouble < 2) outbox.pause();
          // The command arrived or not, and its answer is lost; or the server says no to all or to the rest.
          if (trouble === 0 || trouble === 9) stored.fatesOf(sent);
          if (trouble < 2) sent.answer({ op: "lost" });
          else if (trouble === 2) sent.answer(refusal("unavailable"));
          else if (trouble === 3) sent.answer(fates(...sent.ids.map(() => "unavailable" as const)));
          else if (trouble === 4 && sent.ids.length > 1) {
            const some = { bodies: sent.bodies.slice(0, 1), ids: sent.ids.slice(0, 1) };
            const answered = stored.fatesOf(some) as Answered & { op: "sent" };
            const rest = sent.ids
              .slice(1)
              .map(() => ({ seq: 0, createdAt: 0, code: "unavailable" }));
            sent.answer({ ...answered, fates: [...answered.fates, ...(rest as never[])] });
          } else sent.answer(stored.fatesOf(sent));
          await turn();
          if (trouble < 2) void outbox.open();
          clock.pass(60_000);
        }
        expect(stored.bodies).toEqual(bodies);
        const told = shown.all.filter((what) => what.startsWith("stored"));
        expect(told.every((what) => /^stored (\d+) at/.test(what))).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});

test("W4: a clock that is set back between two drafts does not turn them round, also for the next page", async () => {
  const { drafts, store } = disk();
  const first = open(store, { tab: "before" });
  first.clock.pass(60_000);
  first.outbox.say(lobby, "one");
  first.clock.pass(-60_000);
  first.outbox.say(lobby, "two");
  await turn();
  const written = [...drafts.values()].map(({ body, writtenAt }) => [body, writtenAt] as const);
  expect(written.toSorted((one, other) => one[1] - other[1]).map(([body]) => body)).toEqual([
    "one",
    "two",
  ]);

  const next = open(store, { tab: "after" });
  await next.outbox.adopt();
  next.outbox.say(lobby, "three");
  await turn();
  const last = [...drafts.values()].find(({ body }) => body === "three")!;
  expect(written.every(([, writtenAt]) => writtenAt < last.writtenAt)).toBe(true);
});

test("B32: what somebody left unsent when signing out is taken by another living tab of theirs", async () => {
  const { store } = disk();
  const left = open(store, { tab: "left" });
  left.outbox.say(lobby, "unsent");
  await turn();
  left.outbox.release();
  await turn();

  const other = open(store, { tab: "other", living: ["left", "other"] });
  await other.outbox.open();
  expect((await other.sends.next()).bodies).toEqual(["unsent"]);
});
