import { pause } from "#lib/wait.ts";
import { nowMs } from "./clock.ts";
import { beginMeasuring, fault, lasted, sentenceOf } from "./measure.ts";

interface Pace {
  readonly rate: number;
  readonly seconds: number;
}

type Ask = (index: number, plannedMs: number) => Promise<void>;

/** First so long at the same rate without measuring, then measured; resolves when all is answered. */
export async function atRate(
  { rate, seconds, warmSeconds }: Pace & { readonly warmSeconds: number },
  ask: Ask,
): Promise<void> {
  const warm = { rate, seconds: warmSeconds };
  await askAtRate(warm, ask);
  beginMeasuring();
  const startMs = nowMs();
  // Whose turn it is goes on.
  await askAtRate({ rate, seconds }, (index, plannedMs) => ask(timesOf(warm) + index, plannedMs));
  lasted.add(nowMs() - startMs);
}

/** Each at a moment that was planned beforehand and counts as its beginning, whatever the ones before are waiting for. */
async function askAtRate({ rate, seconds }: Pace, ask: Ask): Promise<void> {
  const startMs = nowMs();
  const asked: Promise<void>[] = [];
  for (let index = 0; index < timesOf({ rate, seconds }); index++) {
    const plannedMs = startMs + (index / rate) * 1_000;
    await until(plannedMs);
    asked.push(ask(index, plannedMs).catch((error: unknown) => fault(sentenceOf(error))));
  }
  await until(startMs + seconds * 1_000);
  await Promise.all(asked);
}

/** How often is asked. */
export function timesOf({ rate, seconds }: Pace): number {
  return Math.round(rate * seconds);
}

/** A timer may be late by a millisecond, which counts as the server's. */
async function until(ms: number): Promise<void> {
  const leftMs = ms - nowMs();
  if (leftMs > 0) await pause(leftMs);
}

/** Looks again until it is so, or the time is over. */
export async function waitUntil(msMax: number, isSo: () => boolean): Promise<void> {
  const endMs = nowMs() + msMax;
  while (!isSo() && nowMs() < endMs) await pause(20);
}
