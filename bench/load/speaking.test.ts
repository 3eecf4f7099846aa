import { expect, test } from "bun:test";
import { findWithin } from "#lib/wait.ts";
import type { Reply } from "#wire/event.ts";
import type { ChannelId } from "#wire/ids.ts";
import { Measure } from "./measure.ts";
import { bodyPlannedAt, plannedMsOf } from "./planned.ts";
import { speakAtRate, speakInTurn, type Speaker } from "./speaking.ts";

const channel = 7 as ChannelId;
const frozenMs = 200;

/** A server that answers every send, the first one only after a while. */
function frozenAtFirst(): Speaker {
  const startMs = performance.now();
  let seq = 0;
  return {
    channel,
    socket: {
      command: async (command) => {
        if (command.op !== "send") throw new Error(`unexpected ${command.op}`);
        await findWithin(5_000, () => performance.now() > startMs + frozenMs || undefined, 1);
        const fates = command.drafts.map(() => ({ seq: ++seq, createdAt: 0, code: null }));
        return { op: "sent", ref: 1, fates };
      },
    },
  };
}

test("a planned moment travels in the message", () => {
  const body = bodyPlannedAt(1_234.567);
  expect(body).toHaveLength(100);
  expect(plannedMsOf(body)).toBe(1_234.567);
});

test("open loop: whoever freezes is not asked less, and all that waited meanwhile counts as late", async () => {
  const measure = new Measure();
  await speakAtRate([frozenAtFirst()], { perSecond: 200, seconds: 0.25 }, measure);
  expect(measure.committed.count).toBe(50);
  expect(measure.ledger.counts().sends).toBe(50);
  const { "reply p50 ms": half } = measure.committed.figures("reply");
  expect(half).toBeGreaterThan(frozenMs / 4);
});

test("closed loop: the next is said when the one before is committed", async () => {
  const measure = new Measure();
  await speakInTurn([frozenAtFirst()], { drafts: 3, seconds: frozenMs / 2_000 }, measure);
  expect(measure.ledger.counts().sends).toBe(3);
});

test("a refusal is counted by its code, and fails the run", async () => {
  const measure = new Measure();
  const refusing: Speaker = {
    channel,
    socket: {
      command: () =>
        Promise.resolve<Reply>({
          op: "refusal",
          ref: 1,
          code: "slow_down",
          detail: "",
          retryAfterMs: 0,
        }),
    },
  };
  await speakInTurn([refusing], { drafts: 2, seconds: 1 }, measure);
  expect(measure.faults()).toContain("2 refused: slow_down");
});
