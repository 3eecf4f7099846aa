import { findWithin, pause } from "#lib/wait.ts";
import { Turns } from "#lib/turns.ts";
import type { Event } from "#wire/event.ts";
import type { ChannelId, UserId } from "#wire/ids.ts";
import type { BenchServer } from "../bench-server.ts";
import { Latency } from "../latency.ts";
import { LoadSocket } from "../load-socket.ts";
import { repeated, type Run } from "../measure.ts";
import { atOnceMax, channelsOf, makePopulation } from "../population.ts";
import { cpuBetween, hasAccounting } from "../processes.ts";
import { scenario } from "../scenario.ts";

/** P10: so soon an observer and who is observed agree. */
const agreeMsMax = 2_000;
const settleMsMax = 5_000;
/** Who was made and left is here a while longer on the worker that they left, whatever they do on another. */
const leavingMs = 16_000;
const inTime = "told within 2 s, %";

export const presence = scenario(
  "How soon is it seen that somebody goes away or comes back, and by all who look?",
  {
    workers: 2,
    /** Each goes away and comes back, one after the other. */
    sockets: 1_000,
    /** Of each channel, of whom everybody looks at everybody. */
    members: 20,
    /** Changes per second, all together. */
    rate: 1_000,
  },
  async ({ server }, { workers, sockets, members, rate, runs, seconds }) => {
    const population = await makePopulation(server, {
      people: sockets,
      members,
      channelsPerPerson: 1,
    });
    const looking = new Looking();
    const turns = new Turns(atOnceMax);
    const channels = channelsOf(population);
    const people = await Promise.all(
      population.people.map(({ id, token }) =>
        turns.take(() => looking.begin(server.url, { id, token, channel: channels.get(id)![0]! })),
      ),
    );
    if (workers > 1) await pause(leavingMs);
    const measured = await repeated(runs, () => looking.run(server, people, { rate, seconds }));
    await Promise.all(people.map(({ socket }) => socket.leave()));
    return { runs: measured, goals: { [inTime]: { min: 99 } } };
  },
);

interface Looker {
  readonly id: UserId;
  readonly socket: LoadSocket;
}

/** What somebody did last, and how many have to be told of it. */
interface Change {
  readonly away: boolean;
  readonly plannedMs: number;
  untold: number;
}

/** Everybody looks at the members of their own channel. */
class Looking {
  /** How many look at somebody. */
  readonly #lookers = new Map<UserId, number>();
  readonly #last = new Map<UserId, Change>();
  #latency = new Latency();
  #told = 0;
  #late = 0;
  /** Told though nothing was done, or what was not done. */
  #wrong = 0;

  async begin(
    url: string,
    { id, token, channel }: { id: UserId; token: string; channel: ChannelId },
  ): Promise<Looker> {
    const socket = await LoadSocket.open({ url, token, heard: (event) => this.#hear(event) });
    const page = await socket.gets("membersPage", { op: "members", channel, after: null });
    for (const member of page.members) {
      this.#lookers.set(member.id, (this.#lookers.get(member.id) ?? 0) + 1);
    }
    return { id, socket };
  }

  async run(
    server: BenchServer,
    people: readonly Looker[],
    { rate, seconds }: { rate: number; seconds: number },
  ): Promise<Run> {
    this.#latency = new Latency();
    this.#told = this.#late = this.#wrong = 0;
    // Of those who came last it is still being told.
    await pause(agreeMsMax / 4);
    const before = server.usage();
    const startMs = performance.now();
    let due = 0;
    const count = Math.round(rate * seconds);
    const said: Promise<unknown>[] = [];
    for (let index = 0; index < count; index++) {
      const plannedMs = startMs + (index / rate) * 1_000;
      const leftMs = plannedMs - performance.now();
      if (leftMs > 0) await pause(leftMs);
      const { id, socket } = people[index % people.length]!;
      const untold = this.#lookers.get(id) ?? 0;
      const away = !(this.#last.get(id)?.away ?? false);
      this.#last.set(id, { away, plannedMs, untold });
      due += untold;
      said.push(socket.gets("done", { op: "setAway", away }));
    }
    await Promise.all(said);
    await findWithin(settleMsMax, () => this.#told >= due || undefined);
    const cpu = cpuBetween(before, server.usage());
    return {
      faults: [
        ...(this.#told === due ? [] : [`${this.#told} of ${due} were told`]),
        ...(this.#wrong === 0 ? [] : [`${this.#wrong} were told what was not so`]),
      ],
      figures: {
        "changes per second": count / ((performance.now() - startMs) / 1_000),
        "people told": this.#told,
        [inTime]: (100 * (this.#told - this.#late)) / due,
        ...this.#latency.figures("change → each who looks"),
        ...(hasAccounting && {
          "worker CPU µs per change": (cpu.worker / count) * 1e6,
          "Redis CPU µs per change": (cpu.redis / count) * 1e6,
        }),
      },
    };
  }

  #hear(event: Event): void {
    if (event.op !== "presence") return;
    const nowMs = performance.now();
    for (const { user, away } of event.people) {
      const last = this.#last.get(user);
      if (!last) continue; // Somebody came in, before anything was measured.
      if (last.away !== away || last.untold === 0) {
        this.#wrong++;
        continue;
      }
      last.untold--;
      this.#told++;
      this.#latency.record(nowMs - last.plannedMs);
      if (nowMs - last.plannedMs > agreeMsMax) this.#late++;
    }
  }
}
