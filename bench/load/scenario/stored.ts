import type { ChannelId, Seq } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import { Audience, type Seat } from "../audience.ts";
import { Latency } from "../latency.ts";
import { repeated, type Run, runOf } from "../measure.ts";
import { makePopulation } from "../population.ts";
import { cpuBetween, hasAccounting } from "../processes.ts";
import { type Place, scenario } from "../scenario.ts";
import { speakAtRate } from "../speaking.ts";

export const stored = scenario(
  "What do messages cost that were stored before: pages from anywhere among them, and one more?",
  {
    /** Stored before anything is measured, in addition to what the server has. */
    messages: 100_000,
    channels: 50,
    pages: 1_000,
    /** Messages per second that are said one at a time afterwards. */
    rate: 200,
  },
  async ({ server }, { messages, channels, pages, rate, runs, seconds }) => {
    const population = await makePopulation(server, {
      people: channels,
      members: 1,
      channelsPerPerson: 1,
    });
    const audience = await Audience.open(server, population);
    const each = Math.ceil(messages / channels);
    const { heads, figures: filling } = await fill(server, audience.seats, each);
    const speakers = audience.seats.map((seat) => ({
      socket: seat.socket,
      channel: seat.channels[0]!,
    }));
    const measured = await repeated(runs, async () => {
      const read = await readPages(server, audience.seats, { each, pages, heads });
      const measure = audience.begin();
      const before = await server.written();
      const said = await runOf(server, measure, () =>
        speakAtRate(speakers, { perSecond: rate, seconds }, measure),
      );
      const logged = (await server.written()).log - before.log;
      return {
        figures: {
          ...filling,
          ...said.figures,
          ...read.figures,
          "log bytes per message": logged / measure.ledger.counts().sends,
        },
        faults: [...said.faults, ...read.faults],
      };
    });
    await audience.leave();
    return { runs: measured };
  },
);

/** What each seat's channel has afterwards as its newest, and what that cost. */
interface Filled {
  readonly heads: readonly Seq[];
  readonly figures: Run["figures"];
}

/** Each seat says so many in its channel, in sends as large as they may be. */
async function fill(
  server: Place["server"],
  seats: readonly Seat[],
  each: number,
): Promise<Filled> {
  const [before, empty] = [server.usage(), await server.written()];
  const heads = await Promise.all(
    seats.map(async ({ socket, channels: [channel] }) => {
      let head: Seq = 0;
      for (let left = each; left > 0; left -= limits.draftsPerSendMax) {
        head = await say(socket, channel!, Math.min(left, limits.draftsPerSendMax));
      }
      return head;
    }),
  );
  const cpu = cpuBetween(before, server.usage());
  const full = await server.written();
  const messages = each * seats.length;
  return {
    heads,
    figures: {
      "filling: table and index bytes per message": (full.tables - empty.tables) / messages,
      "filling: log bytes per message": (full.log - empty.log) / messages,
      ...(hasAccounting && {
        "filling: worker CPU µs per message": (cpu.worker / messages) * 1e6,
        "filling: PostgreSQL CPU µs per message": (cpu.postgres / messages) * 1e6,
      }),
    },
  };
}

/** The number of the last. */
async function say(socket: Seat["socket"], channel: ChannelId, count: number): Promise<Seq> {
  const drafts = Array.from({ length: count }, (_, at) => ({
    clientMessageId: Bun.randomUUIDv7(),
    // A hundred bytes, no two alike.
    body: `${at} ${crypto.randomUUID()}`.padEnd(100, "."),
    rootSeq: null,
  }));
  const { fates } = await socket.gets("sent", { op: "send", channel, drafts });
  const refused = fates.find(({ code }) => code !== null);
  if (refused) throw new Error(`What was to be there beforehand was refused: ${refused.code}`);
  return fates.at(-1)!.seq;
}

async function readPages(
  server: Place["server"],
  seats: readonly Seat[],
  {
    each,
    pages,
    heads,
  }: { readonly each: number; readonly pages: number; readonly heads: readonly Seq[] },
): Promise<Run> {
  const latency = new Latency();
  const faults = new Set<string>();
  const limit = Math.min(limits.pageRowsMax, each);
  const before = server.usage();
  for (let page = 0; page < pages; page++) {
    const at = page % seats.length;
    const { socket, channels } = seats[at]!;
    const sinceMs = performance.now();
    const { rows } = await socket.gets("page", {
      op: "history",
      channel: channels[0]!,
      before: heads[at]! + 1 - Math.floor(Math.random() * (each - limit)),
      limit,
    });
    latency.record(performance.now() - sinceMs);
    if (rows.length !== limit) faults.add(`a page of ${rows.length}, not of ${limit}`);
  }
  const cpu = cpuBetween(before, server.usage());
  return {
    faults: [...faults],
    figures: {
      ...latency.figures("page"),
      ...(hasAccounting && {
        "worker CPU µs per page": (cpu.worker / pages) * 1e6,
        "PostgreSQL CPU µs per page": (cpu.postgres / pages) * 1e6,
      }),
    },
  };
}
