import type { BenchServer } from "../bench-server.ts";
import { Latency } from "../latency.ts";
import { LoadSocket } from "../load-socket.ts";
import { repeated, type Run } from "../measure.ts";
import { makePopulation, type Population } from "../population.ts";
import { cpuBetween, hasAccounting } from "../processes.ts";
import { scenario } from "../scenario.ts";

const perCore = "handshakes per CPU second of the workers";

export const handshakes = scenario(
  "How many people can come in per second: socket, token, welcome, and the list of their channels?",
  {
    people: 500,
    channels: 20,
    /** Of each channel. */
    members: 100,
    /** Sockets that are on their way in at any moment. */
    atOnce: 32,
  },
  async ({ server }, { people, channels, members, atOnce, runs, seconds }) => {
    const population = await makePopulation(server, {
      people,
      members,
      channelsPerPerson: channels,
    });
    const measured = await repeated(runs, () =>
      comeIn(server, population, { channels, atOnce, seconds }),
    );
    return { runs: measured, goals: { [perCore]: { min: 3_000 } } };
  },
);

interface Coming {
  readonly channels: number;
  readonly atOnce: number;
  readonly seconds: number;
}

async function comeIn(
  server: BenchServer,
  { people }: Population,
  { channels, atOnce, seconds }: Coming,
): Promise<Run> {
  const latency = new Latency();
  const wrong = new Set<string>();
  let next = 0;
  const before = server.usage();
  const startMs = performance.now();
  const endMs = startMs + seconds * 1_000;
  const lanes = Array.from({ length: atOnce }, async () => {
    while (performance.now() < endMs) {
      const { id, token } = people[next++ % people.length]!;
      let told = 0;
      const sinceMs = performance.now();
      const socket = await LoadSocket.open({
        url: server.url,
        token,
        heard: ({ op }) => void (told += op === "summary" ? 1 : 0),
      });
      latency.record(performance.now() - sinceMs);
      if (socket.userId !== id) wrong.add(`welcomed as ${socket.userId}, who is ${id}`);
      if (told !== channels) wrong.add(`told of ${told} channels, not ${channels}`);
      await socket.leave();
    }
  });
  await Promise.all(lanes);
  const wallSeconds = (performance.now() - startMs) / 1_000;
  const cpu = cpuBetween(before, server.usage());
  return {
    faults: [...wrong],
    figures: {
      "handshakes per second": latency.count / wallSeconds,
      ...(hasAccounting && {
        [perCore]: latency.count / cpu.worker,
        "worker CPU µs per handshake": (cpu.worker / latency.count) * 1e6,
        "PostgreSQL CPU µs per handshake": (cpu.postgres / latency.count) * 1e6,
      }),
      ...latency.figures("handshake"),
    },
  };
}
