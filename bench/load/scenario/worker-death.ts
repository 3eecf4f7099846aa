import { pause } from "#lib/wait.ts";
import { Crowd } from "../crowd.ts";
import { repeated } from "../measure.ts";
import { makePopulation } from "../population.ts";
import { scenario } from "../scenario.ts";

export const workerDeath = scenario(
  "How soon is everybody back after a worker was killed, and is anything lost?",
  {
    workers: 2,
    sockets: 1_000,
    /** Of each channel. */
    members: 100,
    /** Messages per second meanwhile. */
    rate: 50,
    /** Before the kill. */
    seconds: 2,
  },
  async ({ server }, { sockets, members, rate, runs, seconds }) => {
    const population = await makePopulation(server, {
      people: sockets,
      members,
      channelsPerPerson: 1,
    });
    const measured = await repeated(runs, async () => {
      // Else all would sit where nobody died the last time.
      await server.replaceWorkers();
      const crowd = await Crowd.open(server.url, population);
      const run = await crowd.run(rate, async () => {
        await pause(seconds * 1_000);
        const [victim] = server.usage().workers;
        if (victim === undefined) throw new Error("Without /proc no worker can be found.");
        process.kill(victim, "SIGKILL");
        await pause(seconds * 1_000);
      });
      await crowd.leave();
      return run;
    });
    return {
      runs: measured,
      goals: { "lost socket → all told that was missed max ms": { max: 10_000 } },
    };
  },
);
