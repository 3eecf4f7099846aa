import { pause } from "#lib/wait.ts";
import type { ChannelId } from "#wire/ids.ts";
import { Line } from "./line.ts";
import type { LoadSocket } from "./load-socket.ts";
import type { Measure } from "./measure.ts";
import { bodyPlannedAt, plannedMsOf } from "./planned.ts";

/** Somebody who speaks in one channel. */
export interface Speaker {
  readonly socket: Pick<LoadSocket, "command">;
  readonly channel: ChannelId;
}

/** Closed loop: each speaker says so many drafts, and the next as soon as those are committed, until the time is over. */
export async function speakInTurn(
  speakers: readonly Speaker[],
  { drafts, seconds }: { readonly drafts: number; readonly seconds: number },
  measure: Measure,
): Promise<void> {
  const endMs = performance.now() + seconds * 1_000;
  const loops = speakers.map(async (speaker) => {
    while (performance.now() < endMs && measure.refused.size === 0) {
      const body = bodyPlannedAt(performance.now());
      await say(speaker, Array<string>(drafts).fill(body), measure);
    }
  });
  await Promise.all(loops);
}

/**
 * Open loop: so many messages per second, by the speakers in turn, each at a moment that was planned beforehand. Time counts from that moment, so that
 * a server that stands still is not asked less, and what waits meanwhile counts as late.
 */
export async function speakAtRate(
  speakers: readonly Speaker[],
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
  measure: Measure,
): Promise<void> {
  const lines = speakers.map((speaker) => new Line((bodies) => say(speaker, bodies, measure)));
  const startMs = performance.now();
  for (let index = 0; index < perSecond * seconds; index++) {
    const plannedMs = startMs + (index / perSecond) * 1_000;
    await until(plannedMs);
    lines[index % lines.length]!.add(bodyPlannedAt(plannedMs));
  }
  await Promise.all(lines.map((line) => line.emptied()));
}

/** A timer is late by a millisecond or more; the last stretch is waited for between looks at the sockets. */
export async function until(ms: number): Promise<void> {
  const leftMs = ms - performance.now();
  if (leftMs > 3) await pause(leftMs - 2);
  while (performance.now() < ms) await new Promise((resolve) => setImmediate(resolve));
}

async function say(
  { socket, channel }: Speaker,
  bodies: readonly string[],
  measure: Measure,
): Promise<void> {
  const drafts = bodies.map((body) => ({
    clientMessageId: Bun.randomUUIDv7(),
    body,
    rootSeq: null,
  }));
  const reply = await socket.command({ op: "send", channel, drafts });
  const nowMs = performance.now();
  if (reply.op === "refusal") return measure.refuse(reply.code, drafts.length);
  if (reply.op !== "sent") throw new Error(`expected sent, got ${reply.op}`);

  for (const [index, { seq, code }] of reply.fates.entries()) {
    if (code !== null) measure.refuse(code, 1);
    else {
      measure.ledger.sent(channel, seq);
      measure.committed.record(nowMs - plannedMsOf(bodies[index]!));
    }
  }
}
