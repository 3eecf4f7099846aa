import { pause } from "#lib/wait.ts";
import { Audience } from "../audience.ts";
import type { BenchServer } from "../bench-server.ts";
import { type Run, runOf } from "../measure.ts";
import { makePopulation, type Population } from "../population.ts";
import { cpuBetween, hasAccounting, kernelBytes } from "../processes.ts";
import { scenario } from "../scenario.ts";
import { speakAtRate } from "../speaking.ts";

const perSocket = "worker RSS KB per socket";
/** Few enough to cost nothing, and enough that the code has been through its ways once. */
const firstSockets = 50;
/** So many take some tenths of a second of a worker, which is counted in hundredths. */
const beatsMin = 20_000;

export const idle = scenario(
  "What memory does an idle socket take, with its session and its channels?",
  {
    sockets: 1_000,
    channels: 20,
    /** Of each channel. */
    members: 100,
    runs: 3,
  },
  async ({ server }, { sockets, channels, members, runs }) => {
    const population = await makePopulation(server, {
      people: sockets,
      members,
      channelsPerPerson: channels,
    });
    const measured: Run[] = [];
    // New workers each time: memory that the ones before had used and given back would hide what these take.
    while (measured.length < runs && measured.every(({ faults }) => faults.length === 0)) {
      await server.replaceWorkers();
      measured.push(await sit(server, population));
    }
    return { runs: measured, goals: { [perSocket]: { max: 8 } } };
  },
);

async function sit(server: BenchServer, population: Population): Promise<Run> {
  const { people, channels } = population;
  const rssBytes = () => server.usage().rssBytes.worker;
  const first = await Audience.open(server, { people: people.slice(0, firstSockets), channels });
  await first.leave();
  await settled(rssBytes);
  const [rss, kernel] = [rssBytes(), kernelBytes()];

  const audience = await Audience.open(server, population);
  await settled(rssBytes);
  const sockets = audience.seats.length;
  const kbPerSocket = (bytes: number): number => bytes / 1_024 / sockets;
  const figures = {
    [perSocket]: kbPerSocket(rssBytes() - rss),
    "kernel's slab KB per socket, both ends": kbPerSocket(kernelBytes() - kernel),
    "workers' RSS before MB": rss / 1_048_576,
    // Behind the memory, of which it takes some.
    ...(await beat(server, audience)),
  };
  // Memory of sockets that hear nothing would say nothing: each channel says a word, and everybody hears it.
  const measure = audience.begin();
  const speakers = channels.map(({ id, members }) => {
    const seat = people.indexOf(members[0]!);
    return { socket: audience.seats[seat]!.socket, channel: id };
  });
  const speaking = { perSecond: 200, seconds: speakers.length / 200 };
  const { faults } = await runOf(server, measure, () => speakAtRate(speakers, speaking, measure));
  await audience.leave();
  return { figures, faults };
}

/** Everybody says a few times that they are there, as they do every 25 s. */
async function beat(server: BenchServer, { seats }: Audience): Promise<Run["figures"]> {
  if (!hasAccounting) return {};
  const rounds = Math.max(1, Math.ceil(beatsMin / seats.length));
  const before = server.usage();
  for (let round = 0; round < rounds; round++) {
    await Promise.all(seats.map(({ socket }) => socket.gets("pong", { op: "ping" })));
  }
  const cpu = cpuBetween(before, server.usage());
  return { "worker CPU µs per heartbeat": (cpu.worker / (rounds * seats.length)) * 1e6 };
}

/** Waits until the memory has not changed by a hundredth for some seconds: what is garbage is then gone, as far as it goes. */
export async function settled(rssBytes: () => number): Promise<void> {
  let [last, steadySeconds] = [rssBytes(), 0];
  for (let seconds = 0; seconds < 30 && steadySeconds < 3; seconds++) {
    await pause(1_000);
    const now = rssBytes();
    steadySeconds = Math.abs(now - last) < last / 100 ? steadySeconds + 1 : 0;
    last = now;
  }
}
