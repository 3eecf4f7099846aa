import { findWithin } from "#lib/wait.ts";
import type { Event } from "#wire/event.ts";
import type { ChannelId, Seq, UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import { Latency } from "../latency.ts";
import { LoadSocket } from "../load-socket.ts";
import { repeated } from "../measure.ts";
import { type Channel, makePopulation } from "../population.ts";
import { cpuBetween, hasAccounting } from "../processes.ts";
import { type Place, scenario } from "../scenario.ts";
import { until } from "../speaking.ts";

/** What others are told may be lost once, and is told again after 2 s. */
const settleMsMax = 10_000;

export const read = scenario(
  "What does it cost that people have read, and how soon do those who look at the channel see it?",
  {
    channels: 50,
    /** Of each channel, all of whom have it open. */
    members: 10,
    /** People per second who have read one more message, in turn; each may say so once a second. */
    rate: 500,
  },
  async ({ server }, { channels, members, rate, runs, seconds }) => {
    const people = channels * members;
    if (rate > people) {
      throw new Error(
        `Each may say so once a second: --rate ${rate} needs as many people, not ${people}.`,
      );
    }
    const population = await makePopulation(server, { people, members, channelsPerPerson: 1 });
    const reads = Math.ceil(rate * seconds);
    const messages = Math.ceil((reads * (runs + 1)) / people);
    const looked = await Promise.all(
      population.channels.map((channel) => ReadChannel.open(server, channel, messages)),
    );
    const readers = looked.flatMap((one) => one.readers);
    let next = 0;
    const measured = await repeated(runs, async () => {
      const seen = new Latency();
      for (const one of looked) one.seen = seen;
      const written = await server.written();
      const before = server.usage();
      const startMs = performance.now();
      const answered: Promise<unknown>[] = [];
      for (let index = 0; index < reads; index++) {
        const plannedMs = startMs + (index / rate) * 1_000;
        await until(plannedMs);
        answered.push(readers[next++ % readers.length]!.read(plannedMs));
      }
      await Promise.all(answered);
      const isSeen = await findWithin(
        settleMsMax,
        () => looked.every((one) => one.isSeen) || undefined,
        5,
      );
      const cpu = cpuBetween(before, server.usage());
      const logged = (await server.written()).log - written.log;
      return {
        faults: isSeen ? [] : ["somebody does not see what somebody has read"],
        figures: {
          ...seen.figures("seen"),
          "log bytes per read": logged / reads,
          ...(hasAccounting && {
            "worker CPU µs per read": (cpu.worker / reads) * 1e6,
            "PostgreSQL CPU µs per read": (cpu.postgres / reads) * 1e6,
            "Redis CPU µs per read": (cpu.redis / reads) * 1e6,
          }),
        },
      };
    });
    await Promise.all(readers.map(({ leave }) => leave()));
    return { runs: measured };
  },
);

/** Somebody who looks at one channel. */
interface Reader {
  /** One more message; resolves when that is stored. */
  readonly read: (plannedMs: number) => Promise<unknown>;
  readonly leave: () => Promise<void>;
}

/** One channel whose messages are read, and what each who looks at it sees of that. */
class ReadChannel {
  /** From the planned moment to each of the others. */
  seen = new Latency();
  readonly readers: Reader[] = [];
  readonly #channel: ChannelId;
  #messages: readonly Seq[] = [];
  /** How far each has read, and when each step of it was planned. */
  readonly #read = new Map<UserId, { readonly seq: Seq; readonly plannedMs: number }>();
  /** The same as each of the others knows it. */
  readonly #known = new Map<UserId, Map<UserId, Seq>>();

  private constructor(channel: ChannelId) {
    this.#channel = channel;
  }

  static async open(
    server: Place["server"],
    channel: Channel,
    messages: number,
  ): Promise<ReadChannel> {
    const one = new ReadChannel(channel.id);
    const sockets = await Promise.all(
      channel.members.map(({ id, token }) => {
        one.#known.set(id, new Map());
        return LoadSocket.open({
          url: server.url,
          token,
          heard: (event) => one.#hear(id, event),
        });
      }),
    );
    one.#messages = await say(sockets[0]!, channel.id, messages);
    for (const socket of sockets) {
      await socket.gets("opened", {
        op: "open",
        channel: channel.id,
        epoch: socket.epoch,
        cursor: 0,
      });
      one.readers.push(one.#readerOn(socket));
    }
    return one;
  }

  /** Everybody knows of everybody else how far they have read. */
  get isSeen(): boolean {
    return [...this.#read].every(([user, { seq }]) =>
      [...this.#known].every(([other, known]) => other === user || known.get(user) === seq),
    );
  }

  #readerOn(socket: LoadSocket): Reader {
    let at = 0;
    return {
      leave: () => socket.leave(),
      read: (plannedMs) => {
        const seq = this.#messages[at++]!;
        this.#read.set(socket.userId, { seq, plannedMs });
        const pointer = { channel: this.#channel, readSeq: seq, deliveredSeq: seq, readFrom: seq };
        return socket.gets("done", { op: "read", pointers: [pointer] });
      },
    };
  }

  #hear(hearer: UserId, event: Event): void {
    if (event.op !== "pointers" || event.channel !== this.#channel) return;

    const known = this.#known.get(hearer)!;
    for (const { user, readSeq } of event.pointers) {
      if (readSeq <= (known.get(user) ?? 0)) continue;
      known.set(user, readSeq);
      const latest = this.#read.get(user);
      if (user !== hearer && latest?.seq === readSeq) {
        this.seen.record(performance.now() - latest.plannedMs);
      }
    }
  }
}

/** Their addresses. */
async function say(socket: LoadSocket, channel: ChannelId, count: number): Promise<Seq[]> {
  const addresses: Seq[] = [];
  while (addresses.length < count) {
    const drafts = Array.from(
      { length: Math.min(limits.draftsPerSendMax, count - addresses.length) },
      () => ({ clientMessageId: Bun.randomUUIDv7(), body: "hello", rootSeq: null }),
    );
    const { fates } = await socket.gets("sent", { op: "send", channel, drafts });
    addresses.push(...fates.map(({ seq }) => seq));
  }
  return addresses;
}
