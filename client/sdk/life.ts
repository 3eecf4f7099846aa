import { effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";

import type { Event, ReplyOf } from "#wire/event.ts";
import type { ChannelId, Seq, StreamId } from "#wire/ids.ts";

import { AwaySender } from "../net/away-sender.ts";
import { type Ask, againMs } from "../net/calls.ts";
import type { DraftStore } from "../net/draft-store.ts";
import { GapFiller } from "../net/gaps.ts";
import { Outbox } from "../net/outbox.ts";
import { PointerSender } from "../net/pointers.ts";
import { Questions } from "../net/questions.ts";
import type { Tab } from "../net/tab.ts";
import { TypingSender } from "../net/typing-sender.ts";
import type { MessageIds } from "../net/uuid.ts";
import {
  type Channel,
  withDraft,
  withoutDraft,
  withPointer,
  withRefused,
  withStored,
} from "../store/channel.ts";
import type { Clock } from "../store/clock.ts";
import type { Me, Model } from "../store/model.ts";
import { State } from "../store/state.ts";
import { OpenChannel } from "./open-channel.ts";
import type { Surroundings } from "./surroundings.ts";

/** Channels whose rows are kept after one has left them; the others keep their line. */
const logsMax = 32;
/** A channel that nobody looks at and that fills up keeps its line alone. */
const rowsUnseenMax = 1_000;

interface Parts {
  /** The text id of the channel that is looked at. */
  readonly looking: ReadonlySignal<string | undefined>;
  readonly ask: Ask;
  readonly clock: Clock;
  readonly random: () => number;
  readonly store: DraftStore;
  readonly tab: Tab;
  readonly ids: MessageIds;
  readonly watchTouches: Surroundings["watchTouches"];
}

/** One user on this page, from signing in to signing out: what is held, and everything that sends. */
export class Life {
  readonly state: State;
  readonly outbox: Outbox;
  readonly pointers: PointerSender;
  readonly typing: TypingSender;
  readonly gaps: GapFiller;
  readonly open: OpenChannel;
  readonly phase: Signal<"closed" | "greeted" | "ready"> = signal("closed");
  readonly heard: Signal<ReturnType<Model["heard"]["peek"]>> = signal(undefined);
  /** An id of what this page makes. */
  readonly newId: () => string;
  readonly #away: AwaySender;
  readonly #ask: Ask;
  readonly #clock: Clock;
  readonly #questions: Questions;
  readonly #disposeKeeping: () => void;
  readonly #unwatchTouches: () => void;
  /** Opened here, the latest first. */
  #opened: ChannelId[] = [];
  /** How often it was said what is held: only the newest answer counts. */
  #asked = 0;
  #stopAsking = (): void => undefined;

  constructor(me: Me, parts: Parts) {
    const { ask, clock, looking } = parts;
    const state = new State(me, clock);
    this.state = state;
    this.#ask = ask;
    this.#clock = clock;
    this.newId = () => parts.ids.next();
    this.pointers = new PointerSender(ask, clock);
    this.typing = new TypingSender(ask, clock, () => state.shown.peek().typing);
    this.#away = new AwaySender(ask, clock);
    this.#unwatchTouches = parts.watchTouches(() => this.#away.touched());
    this.gaps = new GapFiller(state, ask, clock);
    this.#questions = new Questions(state, ask, clock);
    this.open = new OpenChannel({ state, ask, clock, gaps: this.gaps, phase: this.phase, looking });
    this.outbox = new Outbox({
      ...parts,
      user: me.id,
      shown: {
        written: (draft) => state.change(draft.channel, (held) => withDraft(held, draft)),
        stored: ({ channel, clientMessageId }, at) =>
          state.change(channel, (held) => withStored(held, clientMessageId, at)),
        refused: ({ channel, clientMessageId }, code) =>
          state.change(channel, (held) => withRefused(held, clientMessageId, code)),
        discarded: ({ channel, clientMessageId }) =>
          state.change(channel, (held) => withoutDraft(held, clientMessageId)),
      },
    });
    this.#disposeKeeping = effect(() => {
      const id = this.open.id.value;
      if (id) this.#keepLog(id);
    });
  }

  /** What a `hello` asks for: the user's own stream, the open channel, then the latest. */
  greeting(): { epoch: string; streams: { stream: StreamId; cursor: Seq }[] } {
    const { epoch, me, user } = this.state;
    const held = this.#held().map((stream) => ({
      stream,
      cursor: this.state.channel(stream).peek().log?.cursor ?? 0,
    }));
    return { epoch, streams: [{ stream: me.id, cursor: user.peek().cursor }, ...held] };
  }

  welcomed({ epoch }: ReplyOf<"welcome">): void {
    const { state } = this;
    if (state.epoch !== "" && state.epoch !== epoch) {
      state.forgetHistory(epoch, new Set<StreamId>(this.#held()));
      this.pointers.forget();
    }
    state.epoch = epoch;
    this.#away.open();
    this.phase.value = "greeted";
  }

  receive(event: Event): void {
    if (event.op === "lagged") return this.#returned();
    if (event.op === "onlineCount") return this.open.count(event);
    const id = channelOf(event, this.state.me.id);
    const before = id && this.state.channel(id).peek();
    this.state.receive(event);
    if (id && before) this.#follow(id, before, this.state.channel(id).peek());
    if (event.op === "caughtUp") this.#ready();
  }

  /** The socket is gone. */
  pause(): void {
    this.phase.value = "closed";
    this.#asked++;
    this.#stopAsking();
    for (const part of [this.outbox, this.pointers, this.gaps, this.#questions]) part.pause();
  }

  dispose(): void {
    this.pause();
    this.outbox.release();
    this.#unwatchTouches();
    this.#away.dispose();
    this.state.people.dispose();
    this.#disposeKeeping();
    this.open.dispose();
    this.gaps.dispose();
    this.#questions.dispose();
  }

  /** A message was seen. The count follows at once, the server a moment later. */
  read(channel: ChannelId, seq: Seq): void {
    const pointer = this.state.channel(channel).peek().summary?.pointer;
    if (pointer && seq <= pointer.readFrom && seq <= pointer.readSeq) return;

    const moved = { readSeq: seq, deliveredSeq: seq, readFrom: seq };
    this.state.change(channel, (held) => withPointer(held, moved));
    this.pointers.read(channel, seq);
  }

  /** The channel that is looked at comes first; what falls off the end keeps its line alone. */
  #keepLog(id: ChannelId): void {
    this.#opened = [id, ...this.#opened.filter((other) => other !== id)];
    for (const dropped of this.#opened.splice(logsMax)) this.#dropLog(dropped);
  }

  #held(): ChannelId[] {
    return this.#opened.filter((id) => (this.state.channel(id).peek().log?.cursor ?? 0) > 0);
  }

  #dropLog(id: ChannelId): void {
    this.#opened = this.#opened.filter((other) => other !== id);
    this.state.change(id, (channel) => ({ ...channel, log: undefined }));
  }

  /** The socket fell behind and listens to nothing any more: it is told what is held, like a new one. */
  #returned(): void {
    this.phase.value = "closed";
    void this.#sayWhatIsHeld();
    this.phase.value = "greeted";
  }

  /** Until it is answered: a question from before may have been taken for this one, which then may be refused like any other. */
  async #sayWhatIsHeld(): Promise<void> {
    this.#stopAsking();
    const number = ++this.#asked;
    const answered = await this.#ask({ op: "resume", ...this.greeting() });
    if (answered.op !== "refusal" || number !== this.#asked) return;
    this.#stopAsking = this.#clock.after(Math.max(againMs, answered.retryAfterMs), () => {
      // Where nothing was taken for it, what was opened meanwhile was opened in vain.
      if (this.phase.peek() === "greeted") this.#returned();
      else void this.#sayWhatIsHeld();
    });
  }

  #ready(): void {
    this.phase.value = "ready";
    this.gaps.open();
    this.#questions.open();
    this.pointers.open();
    void this.outbox.open();
  }

  /** What a channel's change sets in motion. */
  #follow(id: ChannelId, before: Channel, after: Channel): void {
    const left = new Set(after.pending);
    for (const draft of before.pending) {
      if (!left.has(draft)) this.outbox.home(draft.clientMessageId);
    }
    this.#deliver(id, after);
    this.#hear(id, before, after);
    if (this.open.id.peek() !== id && after.log && after.log.rows.size > rowsUnseenMax)
      this.#dropLog(id);
  }

  /** A message is on this device: its author may know. */
  #deliver(id: ChannelId, { summary }: Channel): void {
    if (!summary?.last || summary.last.entity <= summary.pointer.deliveredSeq) return;
    const pointer = { ...summary.pointer, deliveredSeq: summary.asOf };
    this.state.change(id, (channel) => withPointer(channel, pointer));
    this.pointers.delivered(id, summary.asOf);
  }

  #hear(channel: ChannelId, before: Channel, { summary }: Channel): void {
    const last = summary?.last;
    const { me, people, caughtUp } = this.state;
    if (!last?.body || !caughtUp.peek() || last.body.authorId === me.id) return;
    if (last.entity <= (before.summary?.last?.entity ?? 0)) return;

    const author = people.of(last.body.authorId).peek().name ?? "";
    this.heard.value = { author, body: last.body.body, channel };
  }
}

function channelOf(event: Event, me: StreamId): ChannelId | undefined {
  if (event.op === "summary") return event.channel;
  const isRows = event.op === "interval" || event.op === "reset";
  return isRows && event.stream !== me ? (event.stream as ChannelId) : undefined;
}
