import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";

import { refusals } from "#wire/codes.ts";
import type { EventOf } from "#wire/event.ts";
import type { ChannelId, Seq } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";

import { type Answered, type Ask, againMs } from "../net/calls.ts";
import type { GapFiller } from "../net/gaps.ts";
import { withLog, withOthers, withPage } from "../store/channel.ts";
import type { Clock } from "../store/clock.ts";
import { newestSpan } from "../store/log.ts";
import type { Conversation, Trouble } from "../store/model.ts";
import type { Membership, State } from "../store/state.ts";
import { unreadOf } from "../store/summary.ts";

interface Parts {
  readonly looking: ReadonlySignal<string | undefined>;
  readonly state: State;
  readonly ask: Ask;
  readonly gaps: GapFiller;
  readonly clock: Clock;
  /** How far the socket is: its `hello` is answered, and all that it asked for is here. */
  readonly phase: ReadonlySignal<"closed" | "greeted" | "ready">;
}

/** The one channel that is looked at: opened on every new socket, its pages, and where its "New" line stands. */
export class OpenChannel {
  readonly membership: ReadonlySignal<Membership | undefined>;
  readonly id: ReadonlySignal<ChannelId | undefined>;
  /** The server says that it is not for us, whatever our list says. */
  readonly isRefused = signal(false);
  readonly paging: Signal<"loading" | "failed" | undefined> = signal(undefined);
  /** `undefined` until it is known what was unread. */
  readonly newAfter: Signal<Seq | null | undefined> = signal(undefined);
  /** How many of its members are online, as long as the socket tells. */
  readonly online: Signal<number | null> = signal(null);
  readonly #parts: Parts;
  readonly #disposes: (() => void)[];
  #stopTimer = (): void => undefined;
  /** What the present socket was told. */
  #told: ChannelId | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { looking, phase, state } = parts;
    this.membership = computed(() =>
      state.memberships.value.find(({ body }) => body.textId === looking.value),
    );
    this.id = computed(() => this.membership.value?.entity as ChannelId | undefined);
    this.#disposes = [
      effect(() => this.#beginAnew(looking.value)),
      effect(() => this.#tell(this.id.value, phase.value)),
      effect(() => this.#placeNewLine()),
    ];
  }

  dispose(): void {
    this.#stopTimer();
    for (const dispose of this.#disposes) dispose();
  }

  /** What comes late is of a channel that is closed already. */
  count({ channel, online }: EventOf<"onlineCount">): void {
    if (channel === this.#told) this.online.value = online;
  }

  /** Fetches the page before the first message that is shown. */
  async loadOlder(): Promise<Trouble | undefined> {
    const { state, ask } = this.#parts;
    const channel = this.id.peek();
    const log = channel && state.channel(channel).peek().log;
    const span = log && newestSpan(log);
    if (!channel || !span?.older || this.paging.peek() === "loading") return undefined;

    this.paging.value = "loading";
    const before = span.since;
    const limit = limits.pageRowsMax;
    const answered = await ask({ op: "history", channel, before, limit });
    if (answered.op === "page") {
      state.people.learnFrom(answered.rows);
      state.change(channel, (held) => withPage(held, answered, before));
    }
    if (this.id.peek() === channel) {
      this.paging.value = answered.op === "page" ? undefined : "failed";
    }
    return troubleOf(answered);
  }

  get older(): Conversation["older"] {
    const channel = this.id.value;
    const log = channel && this.#parts.state.channel(channel).value.log;
    const span = log && newestSpan(log);
    if (!span) return "unknown";
    if (!span.older) return "none";
    return this.paging.value ?? "some";
  }

  /** Tells the socket what is open. Where rows are held already, they catch up first: by `hello`, in one answer. */
  #tell(channel: ChannelId | undefined, phase: "closed" | "greeted" | "ready"): void {
    this.#stopTimer();
    if (phase === "closed") {
      this.#told = undefined;
      this.online.value = null;
    }
    if (channel) this.#parts.state.change(channel, withLog);
    if (phase === "closed" || this.#told === channel) return;
    if (phase === "greeted" && channel && this.#isHeld(channel)) return;

    if (this.#told) void this.#parts.ask({ op: "close", channel: this.#told });
    this.#told = channel;
    this.online.value = null;
    if (channel) void this.#open(channel);
  }

  async #open(channel: ChannelId): Promise<void> {
    const { ask, clock, gaps, state } = this.#parts;
    const { epoch } = state;
    const cursor = this.#cursorOf(channel);
    const answered = await gaps.during(channel, ask({ op: "open", channel, epoch, cursor }));
    if (answered.op === "opened") {
      state.change(channel, (held) => withOthers(held, answered.pointers));
    }
    if (answered.op !== "refusal" || this.#told !== channel) return;

    if (refusals[answered.code].client === "nothing") {
      this.isRefused.value = true;
      state.change(channel, (held) => ({ ...held, log: undefined }));
    } else {
      this.#stopTimer = clock.after(Math.max(againMs, answered.retryAfterMs), () => {
        if (this.#told === channel) void this.#open(channel);
      });
    }
  }

  #isHeld(channel: ChannelId): boolean {
    const { log } = this.#parts.state.channel(channel).peek();
    return log !== undefined && newestSpan(log) !== undefined;
  }

  #cursorOf(channel: ChannelId): Seq {
    return this.#parts.state.channel(channel).peek().log?.cursor ?? 0;
  }

  /** Another channel, another "New" line. */
  #beginAnew(_textId: string | undefined): void {
    batch(() => {
      this.paging.value = undefined;
      this.newAfter.value = undefined;
      this.isRefused.value = false;
    });
  }

  /** Once per opening, so that it stands still while one reads. */
  #placeNewLine(): void {
    const { state } = this.#parts;
    const channel = this.id.value;
    if (!channel || this.newAfter.value !== undefined) return;

    const { summary, log } = state.channel(channel).value;
    if (!summary) return;
    const isNew = unreadOf(summary, log, state.me.id) > 0;
    this.newAfter.value = isNew ? summary.pointer.readFrom : null;
  }
}

/** What a person should hear of an answer that is not the one hoped for. */
export function troubleOf(answered: Answered): Trouble | undefined {
  if (answered.op === "lost") return { code: "offline" };
  return answered.op === "refusal" ? { code: answered.code } : undefined;
}
