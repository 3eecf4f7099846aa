import { effect } from "@preact/signals";

import type { ReplyOf } from "#wire/event.ts";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";

import type { Clock } from "../store/clock.ts";
import type { Membership, State } from "../store/state.ts";
import { isUntold } from "../store/summary.ts";
import type { Ask } from "./calls.ts";

/** `summaries` may be asked once per second; a line that is new or unsure often comes by itself in a moment. */
const summariesMs = { every: 1_000, patience: 300 } as const;
/** Whose presence is asked for on a new socket: the newest direct channels, and who else is looked at. */
const presenceIdsMax = 200;
/** Names that are missing in one screenful are asked for in one command. */
const gatherMs = 20;
/** How often the lines of channels are asked for that are too many to be subscribed to. */
const unsubscribedEveryMs = 30_000;

/**
 * What a page asks for by itself to complete what it shows: lines that cannot be told from frames, lines of channels beyond what one
 * socket is subscribed to, names of strangers, and who of one's direct channels is here.
 */
export class Questions {
  readonly #state: State;
  readonly #ask: Ask;
  readonly #clock: Clock;
  readonly #disposes: (() => void)[];
  readonly #stops = new Map<"summaries" | "names" | "unsubscribed", () => void>();
  #isOpen = false;

  constructor(state: State, ask: Ask, clock: Clock) {
    this.#state = state;
    this.#ask = ask;
    this.#clock = clock;
    this.#disposes = [
      effect(() => {
        if (this.#untold().length === 0) return;
        this.#soon("summaries", summariesMs.patience, () => this.#askSummaries());
      }),
      effect(() => {
        if (state.people.nameless.value.size === 0) return;
        this.#soon("names", gatherMs, () => this.#askNames());
      }),
    ];
  }

  /** The socket has caught up. */
  open(): void {
    this.#isOpen = true;
    this.#soon("summaries", summariesMs.patience, () => this.#askSummaries());
    this.#soon("names", 0, () => this.#askNames());
    this.#soon("unsubscribed", unsubscribedEveryMs, () => this.#askUnsubscribed());
    void this.#askPresence();
  }

  pause(): void {
    this.#isOpen = false;
    for (const stop of this.#stops.values()) stop();
    this.#stops.clear();
  }

  dispose(): void {
    this.pause();
    for (const dispose of this.#disposes) dispose();
  }

  /** One timer per kind of question; a second wish while one is set changes nothing. */
  #soon(what: "summaries" | "names" | "unsubscribed", delayMs: number, ask: () => void): void {
    if (!this.#isOpen || this.#stops.has(what)) return;
    const stop = this.#clock.after(delayMs, () => {
      this.#stops.delete(what);
      ask();
    });
    this.#stops.set(what, stop);
  }

  /** Channels whose line cannot be told from here. */
  #untold(): ChannelId[] {
    if (!this.#state.caughtUp.value) return [];
    return this.#state.memberships.value
      .map(({ entity }) => entity as ChannelId)
      .filter((id) => {
        const { summary, log } = this.#state.channel(id).value;
        return !summary || isUntold(summary, log);
      });
  }

  #askSummaries(): void {
    this.#summaries(this.#untold());
  }

  #askUnsubscribed(): void {
    const memberships = newestFirst(this.#state, this.#state.memberships.peek());
    const beyond = memberships.slice(limits.subscribedMax);
    this.#summaries(beyond.map(({ entity }) => entity as ChannelId));
    this.#soon("unsubscribed", unsubscribedEveryMs, () => this.#askUnsubscribed());
  }

  /** Asks for the first of them; the rest, and what came meanwhile, a second later. */
  #summaries(channels: readonly ChannelId[]): void {
    if (channels.length === 0) return;
    void this.#ask({
      op: "summaries",
      channels: channels.slice(0, limits.streamsPerSummariesMax),
    });
    const rest = channels.slice(limits.streamsPerSummariesMax);
    this.#soon("summaries", summariesMs.every, () => {
      this.#summaries([...new Set([...rest, ...this.#untold()])]);
    });
  }

  #askNames(): void {
    const ids = Array.from(this.#state.people.nameless.peek());
    if (ids.length > 0) void this.#people(ids);
  }

  /** Who came or went while no socket was there to tell. */
  async #askPresence(): Promise<void> {
    const { people, memberships } = this.#state;
    const peers = newestFirst(this.#state, memberships.peek()).flatMap(
      ({ body }) => body.peer?.id ?? [],
    );
    const ids = new Set([...people.watched, ...peers]);
    await this.#people(Array.from(ids).slice(0, presenceIdsMax));
  }

  async #people(wanted: readonly UserId[]): Promise<void> {
    for (let start = 0; start < wanted.length; start += limits.idsPerPeopleMax) {
      const ids = wanted.slice(start, start + limits.idsPerPeopleMax);
      const answered = await this.#ask({ op: "people", ids, query: "", after: null });
      if (answered.op !== "peoplePage") return;
      learn(this.#state, answered);
      this.#state.people.asked(ids);
    }
  }
}

function newestFirst(state: State, memberships: readonly Membership[]): Membership[] {
  const at = ({ entity }: Membership): number =>
    state.channel(entity as ChannelId).peek().summary?.last?.body?.createdAt ?? 0;
  return memberships.toSorted((one, other) => at(other) - at(one));
}

/** What a page of people tells, is known from then on. */
export function learn({ people }: State, page: ReplyOf<"peoplePage">): void {
  for (const { id, name, online, lastSeenAt, away, status } of page.people) {
    people.learn(id, { name, online, lastSeenAt, away, status });
  }
}
