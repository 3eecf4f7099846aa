import { Audience, type Seat } from "../audience.ts";
import { Latency } from "../latency.ts";
import { LoadSocket } from "../load-socket.ts";
import { repeated, type Run } from "../measure.ts";
import { channelsOf, makePopulation, type Member } from "../population.ts";
import { cpuBetween, hasAccounting } from "../processes.ts";
import { type Place, scenario } from "../scenario.ts";
import { until } from "../speaking.ts";

const p95 = "list p95 ms";

export const list = scenario(
  "How soon, and at what cost, is the list of somebody's channels there: last message, unread, pointers of each?",
  {
    people: 20,
    channels: 200,
    /** Of each channel. */
    members: 10,
    /** Lists per second, by the people in turn; each may ask once a second. */
    rate: 10,
  },
  async ({ server }, { people, channels, members, rate, runs, seconds }) => {
    if (rate > people) {
      throw new Error(
        `Each may ask once a second: --rate ${rate} needs as many people, not ${people}.`,
      );
    }
    const population = await makePopulation(server, {
      people,
      members,
      channelsPerPerson: channels,
    });
    const speaking = await Audience.open(server, population);
    await Promise.all(speaking.seats.filter((_, at) => at % members === 0).map(sayInEach));
    await speaking.leave();
    const own = channelsOf(population);
    const looking = await Promise.all(population.people.map((one) => enter(server, one)));
    let next = 0;
    const measured = await repeated(runs, async () => {
      const latency = new Latency();
      const faults = new Set<string>();
      const before = server.usage();
      const startMs = performance.now();
      for (let index = 0; index < rate * seconds; index++) {
        const plannedMs = startMs + (index / rate) * 1_000;
        await until(plannedMs);
        const { socket, told, member } = looking[next++ % looking.length]!;
        told.count = 0;
        await socket.gets("done", { op: "summaries", channels: own.get(member.id)! });
        latency.record(performance.now() - plannedMs);
        if (told.count !== channels) faults.add(`a list of ${told.count}, not of ${channels}`);
      }
      return runWith(latency, [...faults], cpuBetween(before, server.usage()));
    });
    await Promise.all(looking.map(({ socket }) => socket.leave()));
    return { runs: measured, goals: channels === 200 ? { [p95]: { max: 10 } } : {} };
  },
);

/** So that there is a last message, of which somebody else has read nothing. */
async function sayInEach({ socket, channels }: Seat): Promise<void> {
  for (const channel of channels) {
    const drafts = [{ clientMessageId: Bun.randomUUIDv7(), body: "hello", rootSeq: null }];
    await socket.gets("sent", { op: "send", channel, drafts });
  }
}

interface Looking {
  readonly socket: LoadSocket;
  readonly member: Member;
  readonly told: { count: number };
}

async function enter({ url }: Place["server"], member: Member): Promise<Looking> {
  const told = { count: 0 };
  const heard = ({ op }: { readonly op: string }) => void (told.count += op === "summary" ? 1 : 0);
  return { socket: await LoadSocket.open({ url, token: member.token, heard }), member, told };
}

function runWith(
  latency: Latency,
  faults: readonly string[],
  cpu: ReturnType<typeof cpuBetween>,
): Run {
  return {
    faults,
    figures: {
      ...latency.figures("list"),
      ...(hasAccounting && {
        "worker CPU µs per list": (cpu.worker / latency.count) * 1e6,
        "PostgreSQL CPU µs per list": (cpu.postgres / latency.count) * 1e6,
      }),
    },
  };
}
