import type { ChannelId, Seq } from "#wire/ids.ts";
import { Turns } from "#lib/turns.ts";
import { log } from "../observe/log.ts";
import type { Draft, Inserted, Stored } from "./insert-messages.ts";
import {
  channelsOf,
  type Fate,
  giveUp,
  type Lane,
  newLane,
  type Send,
  sendNumbers,
  settle,
  take,
  type Waiting,
} from "./lane.ts";
import { outcomeOf } from "./outcome.ts";

/** What one commit brought into one channel: `(headBefore, …]`, the new messages in order. */
export interface Commit {
  readonly channelId: ChannelId;
  readonly headBefore: Seq;
  readonly messages: readonly { readonly draft: Draft; readonly stored: Stored }[];
}

export interface BatchParts {
  /** `insertMessages`. Must settle within seconds, whatever happens to the connection: a lane waits for it. */
  insert(drafts: readonly Draft[], sends: readonly number[]): Promise<Inserted>;
  /** Called after each commit and before the authors are answered, once per channel. */
  announce(commit: Commit): void;
  /** A known id was found, or an outcome was unknown: somebody may be behind without knowing. */
  suspect(channelId: ChannelId, why: "known_id" | "unknown_outcome"): void;
  /** Monotonic milliseconds. */
  now(): number;
  /** Resolves after about `ms`; between repetitions while the outcome is unknown. */
  pause(ms: number): Promise<void>;
}

export const batchLimits = {
  /** Batches in flight at once; one connection each. With four a message costs a third more: batches are smaller. */
  lanes: 2,
  /** Locked channels that are tried at once; one connection each, which waits most of the time. */
  lockedTries: 4,
  /** Drafts of one statement: 200 take 4 ms and the time per draft falls no further. */
  rowsMax: 200,
  /** Drafts that wait in one lane; past it `slow_down`. */
  waitingMax: 5_000,
  /** Since a draft entered: so long an unknown outcome is repeated before it is refused `unavailable`. */
  unknownMsMax: 5_000,
  /** Since a draft entered: so long a locked channel is tried before it is refused `slow_down`. */
  lockedMsMax: 5_000,
  repeatMs: 50,
} as const;

/**
 * Collects drafts and stores them in one round trip.
 *
 * An idle lane leaves at once; what arrives while a statement is in flight forms the next one, up to `rowsMax`: load makes batches,
 * not timers. A channel belongs to one lane, and a lane has one batch in flight, so that within a channel `seq` follows arrival.
 *
 * Every draft has exactly one fate: refused because the lane is full, stored, refused alone, `skipped` behind a refused one of its own
 * command, or `unavailable`, which means unknown. Nothing says "not stored" unless the database said so.
 */
export class MessageBatch {
  readonly #parts: BatchParts;
  readonly #lanes: Lane[];
  /** Channels that somebody else holds locked wait in lanes of their own. */
  readonly #blocked = new Map<ChannelId, Lane>();
  readonly #turns = new Turns(batchLimits.lockedTries);

  constructor(parts: BatchParts) {
    this.#parts = parts;
    this.#lanes = Array.from({ length: batchLimits.lanes }, newLane);
  }

  /** Drafts of one channel and author. Enters its lane before it returns; resolves with one fate per draft, and never rejects. */
  add(drafts: readonly Draft[]): Promise<Fate[]> {
    const channelId = drafts[0]!.channelId;
    const lane = this.#blocked.get(channelId) ?? this.#lanes[channelId % this.#lanes.length]!;
    if (lane.waiting.length + drafts.length > batchLimits.waitingMax) {
      return Promise.resolve(drafts.map(() => ({ refused: "slow_down" })));
    }
    const { promise, resolve } = Promise.withResolvers<Fate[]>();
    const send: Send = { drafts, fates: [], stopped: false, settle: resolve };
    const sinceMs = this.#parts.now();
    for (const draft of drafts) {
      lane.waiting.push({ draft, send, sinceMs, isUnsure: false });
    }
    if (!lane.inFlight) void this.#run(lane);
    return promise;
  }

  /** Resolves when nothing is waiting or in flight. */
  async drained(): Promise<void> {
    while ([...this.#lanes, ...this.#blocked.values()].some((lane) => lane.inFlight)) {
      await this.#parts.pause(batchLimits.repeatMs);
    }
  }

  async #run(lane: Lane): Promise<void> {
    lane.inFlight = true;
    while (lane.waiting.length > 0) {
      const locked = await this.#store(lane.waiting.splice(0, batchLimits.rowsMax));
      for (const channelId of channelsOf(locked)) {
        const own = newLane();
        own.waiting.push(...take(locked, channelId), ...take(lane.waiting, channelId));
        this.#blocked.set(channelId, own);
        void this.#runBlocked(channelId, own);
      }
    }
    lane.inFlight = false;
  }

  /** A channel that somebody else holds is tried alone, so that the others go on; each try waits for `lock_timeout`. */
  async #runBlocked(channelId: ChannelId, own: Lane): Promise<void> {
    log.warn("a channel is locked by somebody else", { channelId });
    own.inFlight = true;
    while (own.waiting.length > 0) {
      const locked = await this.#turns.take(() =>
        this.#store(own.waiting.splice(0, batchLimits.rowsMax)),
      );
      const tooOld = this.#parts.now() - batchLimits.lockedMsMax;
      const tired = locked.filter(({ sinceMs }) => sinceMs <= tooOld);
      // The database said that it is not stored; all that can be advised is to try again.
      for (const waiting of tired) giveUp(waiting, "slow_down");
      own.waiting.unshift(...locked.slice(tired.length)); // They stand in the order in which they entered.
    }
    own.inFlight = false;
    this.#blocked.delete(channelId);
  }

  /** Gives the drafts of `group` their fates, in order; returns those whose channel is locked, in order, without one. */
  async #store(group: readonly Waiting[]): Promise<Waiting[]> {
    const trying = group.filter((waiting) => {
      if (waiting.send.stopped) giveUp(waiting, "skipped");
      return !waiting.send.stopped;
    });
    if (trying.length === 0) return [];

    const inserted = await this.#insert(trying).catch(failed);
    return inserted instanceof Failure
      ? this.#recover(trying, inserted.error)
      : this.#settleAll(trying, inserted);
  }

  #recover(group: readonly Waiting[], error: unknown): Promise<Waiting[]> {
    const outcome = outcomeOf(error);
    if (outcome === "data") return this.#bisect(group, error);
    if (outcome === "locked") return this.#separate(group);
    return this.#repeat(group, error);
  }

  // Async, so that whatever is thrown is a failure of the attempt and not of the lane.
  async #insert(group: readonly Waiting[]): Promise<Inserted> {
    const drafts = group.map(({ draft }) => draft);
    return this.#parts.insert(drafts, sendNumbers(group));
  }

  #settleAll(group: readonly Waiting[], { fates, headsBefore }: Inserted): [] {
    const commits = new Map<ChannelId, { draft: Draft; stored: Stored }[]>();
    for (const channelId of headsBefore.keys()) commits.set(channelId, []);
    group.forEach(({ draft }, index) => {
      const fate = fates[index]!;
      if ("refused" in fate) return;
      if (fate.born) commits.get(draft.channelId)!.push({ draft, stored: fate });
      else this.#parts.suspect(draft.channelId, "known_id");
    });
    for (const [channelId, messages] of commits) {
      this.#announce({ channelId, headBefore: headsBefore.get(channelId)!, messages });
    }
    group.forEach((waiting, index) => settle(waiting, fates[index]!));
    return [];
  }

  /** It is committed, whatever becomes of the news: the authors are answered. */
  #announce(commit: Commit): void {
    try {
      this.#parts.announce(commit);
    } catch (error) {
      log.error("a commit could not be announced", { channelId: commit.channelId, error });
      this.#parts.suspect(commit.channelId, "unknown_outcome");
    }
  }

  /** The database refused the data: the poisoned draft is found by halving, the others are stored in their order. */
  async #bisect(group: readonly Waiting[], error: unknown): Promise<Waiting[]> {
    if (group.length === 1) {
      log.info("a draft was refused by the database", { error });
      settle(group[0]!, { refused: "body_invalid" });
      return [];
    }
    const middle = group.length >> 1;
    const locked = await this.#store(group.slice(0, middle));
    const behind = new Set(channelsOf(locked));
    const rest = group.slice(middle);
    // Of a channel that is locked nothing may overtake what waits.
    locked.push(...rest.filter(({ draft }) => behind.has(draft.channelId)));
    locked.push(...(await this.#store(rest.filter(({ draft }) => !behind.has(draft.channelId)))));
    return locked;
  }

  async #separate(group: readonly Waiting[]): Promise<Waiting[]> {
    const channels = channelsOf(group);
    if (channels.length === 1) return [...group];

    const locked: Waiting[] = [];
    for (const channelId of channels) {
      locked.push(
        ...(await this.#store(group.filter(({ draft }) => draft.channelId === channelId))),
      );
    }
    return locked;
  }

  /** The outcome is unknown: the same drafts are repeated before anything newer of their channels; their ids make that harmless. */
  async #repeat(group: readonly Waiting[], error: unknown): Promise<Waiting[]> {
    log.warn("a batch ended without an answer and is repeated", { drafts: group.length, error });
    for (const waiting of group) waiting.isUnsure = true;
    for (const channelId of channelsOf(group)) this.#parts.suspect(channelId, "unknown_outcome");
    // Those who have waited through an outage behind others are told together with them, after one more try.
    const until = group[group.length - 1]!.sinceMs + batchLimits.unknownMsMax;
    do {
      await this.#parts.pause(batchLimits.repeatMs);
      const inserted = await this.#insert(group).catch(failed);
      if (!(inserted instanceof Failure)) return this.#settleAll(group, inserted);
      if (outcomeOf(inserted.error) !== "unknown") return this.#recover(group, inserted.error);
    } while (this.#parts.now() < until);
    for (const waiting of group) giveUp(waiting, "unavailable");
    return [];
  }
}

class Failure {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

const failed = (error: unknown): Failure => new Failure(error);
