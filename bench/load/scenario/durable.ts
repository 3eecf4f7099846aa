import { Audience } from "../audience.ts";
import { repeated, runOf } from "../measure.ts";
import { makePopulation } from "../population.ts";
import type { Goal } from "../report.ts";
import { scenario } from "../scenario.ts";
import { speakAtRate, speakInTurn } from "../speaking.ts";

export const durable = scenario(
  "How many messages are stored per second, at what cost, and how soon are they heard?",
  {
    channels: 50,
    /** Of each channel, each with one socket. */
    members: 1,
    /** Of each channel's members. */
    speakers: 1,
    /** Closed loop: in each send. */
    drafts: 1,
    /** Open loop: messages per second over all channels; 0 is the closed loop. */
    rate: 0,
  },
  async ({ server }, { channels, members, speakers, drafts, rate, runs, seconds }) => {
    const population = await makePopulation(server, {
      people: channels * members,
      members,
      channelsPerPerson: 1,
    });
    const audience = await Audience.open(server, population);
    const speaking = audience.seats
      .filter((_, index) => index % members < speakers)
      .map((seat) => ({ socket: seat.socket, channel: seat.channels[0]! }));

    const measured = await repeated(runs, async () => {
      const measure = audience.begin();
      return await runOf(server, measure, () =>
        rate > 0
          ? speakAtRate(speaking, { perSecond: rate, seconds }, measure)
          : speakInTurn(speaking, { drafts, seconds }, measure),
      );
    });
    await audience.leave();
    return { runs: measured, goals: goalsOf({ channels, members, rate, drafts }) };
  },
);

interface Shape {
  readonly channels: number;
  readonly members: number;
  readonly rate: number;
  readonly drafts: number;
}

/** Only those shapes have goals for which one was set. */
function goalsOf({ channels, members, rate, drafts }: Shape): Record<string, Goal> {
  const is = (...wanted: number[]): boolean =>
    [channels, members, rate].every((value, index) => value === wanted[index]);
  if (is(50, 1, 0) && drafts > 1) return { "messages per second": { min: 13_800 } };
  if (is(50, 1, 500)) return { "receipt p95 ms": { max: 4 }, "receipt p99 ms": { max: 8 } };
  if (is(100, 10, 500)) return { "receipt p95 ms": { max: 10 }, "receipt p99 ms": { max: 25 } };
  if (is(1, 1_000, 20)) return { "receipt p95 ms": { max: 25 } };
  if (members !== 5 || rate > 0) return {};
  return {
    "worker CPU µs per message": { max: 50 },
    "PostgreSQL CPU µs per message": { max: 30 },
  };
}
