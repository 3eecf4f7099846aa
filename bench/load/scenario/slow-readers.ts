import { findWithin } from "#lib/wait.ts";
import { Audience } from "../audience.ts";
import { repeated, runOf } from "../measure.ts";
import { makePopulation } from "../population.ts";
import { scenario } from "../scenario.ts";
import { SlowReader } from "../slow-reader.ts";
import { speakAtRate } from "../speaking.ts";

const catchUpMsMax = 60_000;
const ratio = "receipt p99 of the others, beside slow readers over alone";

export const slowReaders = scenario(
  "What do readers of a slow line cost the others in their channel, and do they get everything?",
  {
    /** Of the channel, that read as fast as they can. With the slow ones a group of the largest size. */
    sockets: 995,
    /** Of the channel besides. */
    slow: 5,
    bytesPerSecond: 1_024,
    /** Messages per second. */
    rate: 100,
    seconds: 20,
  },
  async ({ server }, { sockets, slow, bytesPerSecond, rate, runs, seconds }) => {
    const all = sockets + slow;
    const { people, channels } = await makePopulation(server, {
      people: all,
      members: all,
      channelsPerPerson: 1,
    });
    const channel = channels[0]!;
    const quick = people.slice(0, sockets);
    const audience = await Audience.open(server, { people: quick, channels });
    const speakers = audience.seats
      .slice(0, 10)
      .map(({ socket }) => ({ socket, channel: channel.id }));
    const run = async () => {
      const measure = audience.begin();
      const found = await runOf(server, measure, () =>
        speakAtRate(speakers, { perSecond: rate, seconds }, measure),
      );
      return { ...found, sent: measure.ledger.sentTo(channel.id) };
    };

    const measured = await repeated(runs, async () => {
      const alone = await run();
      const readers = people
        .slice(sockets)
        .map(
          (member) =>
            new SlowReader({ url: server.url, member, channel: channel.id, bytesPerSecond }),
        );
      for (const reader of readers) reader.fill();
      const beside = await run();
      for (const reader of readers) reader.hurry();
      const isWhole = await findWithin(
        catchUpMsMax,
        () => readers.every((reader) => reader.hasAll(beside.sent)) || undefined,
        200,
      );
      for (const reader of readers) reader.leave();
      const [was, is] = [alone, beside].map(({ figures }) => figures["receipt p99 ms"]!);
      return {
        faults: [
          ...alone.faults,
          ...beside.faults,
          ...(isWhole ? [] : ["a slow reader did not get everything in order"]),
        ],
        figures: {
          "receipt p99 ms alone": was!,
          "receipt p99 ms beside": is!,
          [ratio]: is! / was!,
          "times lagged, each": readers.reduce((sum, { lags }) => sum + lags, 0) / slow,
          "times closed, each": readers.reduce((sum, { closes }) => sum + closes, 0) / slow,
        },
      };
    });
    await audience.leave();
    return { runs: measured, goals: { [ratio]: { max: 2 } } };
  },
);
