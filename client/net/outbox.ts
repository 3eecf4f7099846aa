import type { RefusalCode } from "#wire/codes.ts";
import type { ChannelId, Seq, UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";

import type { Clock } from "../store/clock.ts";
import { retryDelayMs, shortRetries } from "./backoff.ts";
import type { Answered, Ask } from "./calls.ts";
import type { DraftStore, KeptDraft } from "./draft-store.ts";
import { fatesOf, groupOf } from "./send.ts";
import type { Tab } from "./tab.ts";
import type { MessageIds } from "./uuid.ts";

/** How long a first send waits for the disk: its use is after a crash, and nobody waits for that longer than this. */
const keptMsMax = 200;
/** How long a page's first socket waits for what an earlier page left behind, which is to go first. */
const adoptedMsMax = 2_000;

export interface OutboxParts {
  readonly user: UserId;
  readonly ask: Ask;
  readonly store: DraftStore;
  readonly tab: Tab;
  readonly ids: MessageIds;
  readonly clock: Clock;
  readonly random: () => number;
  /** What becomes visible of a draft. */
  readonly shown: {
    written(draft: KeptDraft): void;
    stored(draft: KeptDraft, at: { seq: Seq; createdAt: number }): void;
    refused(draft: KeptDraft, code: RefusalCode): void;
    discarded(draft: KeptDraft): void;
  };
}

interface Lane {
  drafts: KeptDraft[];
  isSending: boolean;
  failures: number;
  /** Until then the server has said that it takes nothing, whatever is written meanwhile. */
  restsUntilMs: number;
  stopTimer: () => void;
}

/**
 * Sends what was written exactly once and in order, over reloads, crashes and any number of sockets.
 *
 * One unanswered `send` per channel; what is unknown goes again with the same id. A refused draft leaves the line, so that it holds up
 * nobody, and stays visible until the person retries or discards it.
 */
export class Outbox {
  readonly #parts: OutboxParts;
  readonly #lanes = new Map<ChannelId, Lane>();
  readonly #unkept = new Set<string>();
  #isOpen = false;
  /** Raised by whatever makes an opening that still waits pointless. */
  #opening = 0;
  #hasAdopted = false;
  #lastWrittenAt = 0;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  /** Paints at once, then keeps, then sends. */
  say(channel: ChannelId, body: string): void {
    const { ids, tab, user } = this.#parts;
    const writtenAt = this.#writtenNow();
    this.#enter({ clientMessageId: ids.next(), channel, user, body, writtenAt, tab: tab.id });
  }

  /** Sends a refused draft again, after everything that was written since. */
  retry(clientMessageId: string): void {
    const draft = this.#take(clientMessageId);
    if (!draft) return;
    const { refused: _, ...again } = draft;
    this.#enter({ ...again, writtenAt: this.#writtenNow() });
  }

  discard(clientMessageId: string): void {
    const draft = this.#take(clientMessageId);
    if (!draft) return;
    void this.#parts.store.remove(clientMessageId);
    this.#parts.shown.discarded(draft);
  }

  /** The row came home, perhaps before the reply or instead of it: nothing is left to send. */
  home(clientMessageId: string): void {
    if (this.#take(clientMessageId)) void this.#parts.store.remove(clientMessageId);
  }

  /** Shows what an earlier page of this user left behind. Safe to repeat. */
  async adopt(): Promise<void> {
    const { store, tab, user, shown } = this.#parts;
    const adopted = await store.adopt(user, tab.id, async () => {
      const isLiving = await tab.living();
      // The first time also what this page itself wrote before somebody signed out and in again.
      return (id) => (id === tab.id ? this.#hasAdopted : isLiving(id));
    });
    this.#hasAdopted = true;
    for (const draft of adopted) {
      this.#lastWrittenAt = Math.max(this.#lastWrittenAt, draft.writtenAt);
      const lane = this.#lane(draft.channel);
      if (lane.drafts.some(({ clientMessageId }) => clientMessageId === draft.clientMessageId)) {
        continue;
      }
      lane.drafts.push(draft);
      lane.drafts.sort((one, other) => one.writtenAt - other.writtenAt);
      shown.written(draft);
      this.#flush(draft.channel);
    }
  }

  /** The socket has caught up: everything unsent goes now, and first what an earlier page left behind. */
  async open(): Promise<void> {
    const opening = ++this.#opening;
    const adopted = this.adopt();
    if (!this.#hasAdopted) await this.#orLate(adopted, adoptedMsMax);
    if (opening !== this.#opening) return;
    this.#isOpen = true;
    for (const channel of this.#lanes.keys()) this.#flush(channel);
  }

  /** The socket is gone. */
  pause(): void {
    this.#opening++;
    this.#isOpen = false;
    for (const lane of this.#lanes.values()) {
      lane.stopTimer();
      lane.restsUntilMs = 0;
    }
  }

  /** The person signed out: what is unsent belongs to no tab, and any page of theirs may take it. */
  release(): void {
    for (const { drafts } of this.#lanes.values()) {
      for (const draft of drafts) void this.#parts.store.put({ ...draft, tab: "" });
    }
  }

  /** Greater each time, also where a clock is set back: it is the order in which drafts go. */
  #writtenNow(): number {
    return (this.#lastWrittenAt = Math.max(this.#parts.clock.now(), this.#lastWrittenAt + 1));
  }

  #enter(draft: KeptDraft): void {
    this.#lane(draft.channel).drafts.push(draft);
    this.#parts.shown.written(draft);
    if (Array.from(draft.body).length > limits.bodyCharsMax) {
      return this.#refuse(draft, "body_too_long");
    }
    this.#unkept.add(draft.clientMessageId);
    void this.#keep(draft);
  }

  /** Written down before it leaves, unless the disk takes longer than somebody would notice. */
  async #keep(draft: KeptDraft): Promise<void> {
    await this.#orLate(this.#parts.store.put(draft), keptMsMax);
    this.#unkept.delete(draft.clientMessageId);
    this.#flush(draft.channel);
  }

  /** A disk may take for ever: nothing waits for it longer than this. */
  async #orLate(done: Promise<void>, lateMs: number): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const stop = this.#parts.clock.after(lateMs, resolve);
    await Promise.race([done, late]);
    stop();
  }

  #flush(channel: ChannelId): void {
    const lane = this.#lane(channel);
    if (!this.#isOpen || lane.isSending || this.#parts.clock.now() < lane.restsUntilMs) return;
    const group = groupOf(lane.drafts, this.#unkept);
    if (group.length === 0) return;

    lane.stopTimer();
    lane.isSending = true;
    void this.#send(channel, lane, group);
  }

  async #send(channel: ChannelId, lane: Lane, group: readonly KeptDraft[]): Promise<void> {
    const drafts = group.map(({ clientMessageId, body }) => ({
      clientMessageId,
      body,
      rootSeq: null,
    }));
    const answered = await this.#parts.ask({ op: "send", channel, drafts });
    lane.isSending = false;
    const waitMs = this.#settle(lane, group, answered);
    if (waitMs === undefined) return;
    if (waitMs === 0) this.#flush(channel);
    else lane.stopTimer = this.#parts.clock.after(waitMs, () => this.#flush(channel));
  }

  /** Gives every draft of the group its fate. Returns how long what is left waits; `undefined`: for the next socket. */
  #settle(lane: Lane, group: readonly KeptDraft[], answered: Answered): number | undefined {
    const { stored, refused, next } = fatesOf(group, answered);
    for (const { draft, seq, createdAt } of stored) this.#store(draft, { seq, createdAt });
    for (const { draft, code } of refused) this.#refuse(draft, code);
    if (next === "with the next socket") return undefined;
    if (next === "now") {
      lane.failures = 0;
      return 0;
    }
    lane.restsUntilMs = this.#parts.clock.now() + next.afterMs;
    return Math.max(next.afterMs, retryDelayMs(shortRetries + lane.failures++, this.#parts.random));
  }

  #store(draft: KeptDraft, at: { seq: Seq; createdAt: number }): void {
    this.home(draft.clientMessageId);
    this.#parts.shown.stored(draft, at);
  }

  #refuse(draft: KeptDraft, code: RefusalCode): void {
    const lane = this.#lane(draft.channel);
    const refused: KeptDraft = { ...draft, refused: code };
    if (!lane.drafts.some(({ clientMessageId }) => clientMessageId === draft.clientMessageId)) {
      return; // Discarded, or come home, while the answer was under way.
    }
    lane.drafts = lane.drafts.map((each) =>
      each.clientMessageId === draft.clientMessageId ? refused : each,
    );
    void this.#parts.store.put(refused);
    this.#parts.shown.refused(refused, code);
  }

  #take(clientMessageId: string): KeptDraft | undefined {
    for (const lane of this.#lanes.values()) {
      const index = lane.drafts.findIndex((draft) => draft.clientMessageId === clientMessageId);
      if (index >= 0) return lane.drafts.splice(index, 1)[0];
    }
    return undefined;
  }

  #lane(channel: ChannelId): Lane {
    let lane = this.#lanes.get(channel);
    if (!lane) {
      const stopTimer = () => undefined;
      lane = { drafts: [], isSending: false, failures: 0, restsUntilMs: 0, stopTimer };
      this.#lanes.set(channel, lane);
    }
    return lane;
  }
}
