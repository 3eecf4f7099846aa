import { pause } from "#lib/wait.ts";
import { Crowd } from "../crowd.ts";
import { repeated } from "../measure.ts";
import { makePopulation } from "../population.ts";
import { scenario } from "../scenario.ts";

export const reconnect = scenario(
  "How soon does a client whose network went away have what it missed?",
  {
    sockets: 500,
    /** Of each channel. */
    members: 100,
    /** Messages per second meanwhile. */
    rate: 50,
    /** Within which each is reset at a moment of its own; 0 resets all at once. */
    seconds: 10,
    /** Each one's network takes no new socket for so long. */
    refusedMs: 2_000,
  },
  async ({ server }, { sockets, members, rate, runs, seconds, refusedMs }) => {
    const population = await makePopulation(server, {
      people: sockets,
      members,
      channelsPerPerson: 1,
    });
    const crowd = await Crowd.open(server.url, population);
    const measured = await repeated(runs, () =>
      crowd.run(rate, async () => {
        const resets = crowd.clients.map(async (client) => {
          await pause(Math.random() * seconds * 1_000);
          client.reset(refusedMs);
        });
        await Promise.all(resets);
      }),
    );
    await crowd.leave();
    const [figure, max] =
      seconds > 0 ? ["p99", refusedMs + 400] : (["max", refusedMs + 2_000] as const);
    return {
      runs: measured,
      goals: { [`lost socket → all told that was missed ${figure} ms`]: { max } },
    };
  },
);
