import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";

import type { Event } from "#wire/event.ts";
import type { ChannelId, StreamId } from "#wire/ids.ts";
import { defaultShown, type Profile, type Row, type RowOf, type Shown } from "#wire/row.ts";

import { applyInterval, applyReset, rewind } from "./apply.ts";
import { applyEvent, type Channel, emptyChannel, withoutHistory, withPointer } from "./channel.ts";
import type { Clock } from "./clock.ts";
import { emptyLog, findRow, type Log, rowsOf } from "./log.ts";
import type { Me } from "./model.ts";
import { People } from "./people.ts";
import { Typing } from "./typing.ts";

export type Membership = RowOf<"membership"> & { body: object };

/** All that this page holds for one user: signals over the pure functions. Knows no sockets. */
export class State {
  readonly me: Me;
  readonly people: People;
  readonly typing: Typing;
  /** The user's own stream: memberships, own pointers and the own profile. */
  readonly user: Signal<Log> = signal(emptyLog);
  /** All that the last `hello` asked for is here. */
  readonly caughtUp = signal(false);
  readonly memberships: ReadonlySignal<readonly Membership[]>;
  /** What the user says of themselves, until it has passed, and how others see them. */
  readonly profile: ReadonlySignal<Profile>;
  readonly shown: ReadonlySignal<Shown>;
  /** Channels that anything is known of, in no order. */
  readonly known = signal<readonly ChannelId[]>([]);
  /** Which history the rows are of; empty before the first welcome. */
  epoch = "";
  readonly #channels = new Map<ChannelId, Signal<Channel>>();

  constructor(me: Me, clock: Clock) {
    this.me = me;
    this.people = new People(me.id, clock);
    this.typing = new Typing(clock);
    this.people.learn(me.id, { name: me.name, online: true });
    this.memberships = computed(() => rowsOf(this.user.value, "membership") as Membership[]);
    this.shown = computed(
      () => findRow(this.user.value, "profile", 0)?.body?.shown ?? defaultShown,
    );
    this.profile = computed(() => ({
      status: this.people.of(me.id).value.status,
      shown: this.shown.value,
    }));
  }

  channel(id: ChannelId): Signal<Channel> {
    let channel = this.#channels.get(id);
    if (!channel) {
      this.#channels.set(id, (channel = signal(emptyChannel(this.me.id))));
      this.known.value = [...this.known.peek(), id];
    }
    return channel;
  }

  /** Changes one channel by a pure function. */
  change(id: ChannelId, by: (channel: Channel) => Channel): void {
    const channel = this.channel(id);
    channel.value = by(channel.peek());
  }

  /** Applies what the server said unasked. Views see one change per frame, never half of one. */
  receive(event: Event): void {
    batch(() => this.#apply(event));
  }

  /** Another history: what is `kept` waits for its reset, the rest is dropped. */
  forgetHistory(epoch: string, kept: ReadonlySet<StreamId>): void {
    batch(() => {
      this.epoch = epoch;
      this.user.value = rewind(this.user.peek());
      for (const id of this.known.peek()) {
        this.change(id, (channel) => {
          const forgotten = withoutHistory(channel);
          return kept.has(id) ? forgotten : { ...forgotten, log: undefined };
        });
      }
    });
  }

  isMember(id: ChannelId): boolean {
    return Boolean(findRow(this.user.peek(), "membership", id)?.body);
  }

  #apply(event: Event): void {
    if (event.op === "interval" || event.op === "reset") {
      this.people.learnFrom(event.rows);
      if (event.stream === this.me.id) return this.#applyToUser(event);
      const channel = event.stream as ChannelId;
      this.change(channel, (held) => applyEvent(held, event));
      return this.#stopTyping(channel, event.rows);
    }
    if (event.op === "summary") {
      if (event.lastMessage) this.people.learnFrom([event.lastMessage]);
      this.change(event.channel, (held) => applyEvent(held, event));
      return this.#applyPointers([event.channel]);
    }
    if (event.op === "pointers") {
      return this.change(event.channel, (held) => applyEvent(held, event));
    }
    if (event.op === "presence") return this.people.applyPresence(event);
    if (event.op === "statusChanged") {
      return this.people.learn(event.user, { status: event.status });
    }
    if (event.op === "typingChanged" && event.user !== this.me.id) return this.typing.apply(event);
    if (event.op === "caughtUp") this.caughtUp.value = true;
  }

  #applyToUser(event: Event & { op: "interval" | "reset" }): void {
    const before = this.user.peek();
    const after = event.op === "reset" ? applyReset(before, event) : applyInterval(before, event);
    this.user.value = after;
    if (after.rows === before.rows) return;
    this.#learnProfile(before, after);

    for (const row of event.rows) {
      if (row.kind === "membership") this.#forgetLeft(row.entity as ChannelId);
    }
    const moved = rowsOf(after, "pointer").filter(
      (row) => findRow(before, "pointer", row.entity) !== row,
    );
    this.#applyPointers(moved.map(({ entity }) => entity as ChannelId));
  }

  #learnProfile(before: Log, after: Log): void {
    const row = findRow(after, "profile", 0);
    if (row === findRow(before, "profile", 0)) return;
    this.people.learnOwnStatus(row?.body?.status ?? null);
  }

  /** Of a channel that one is not in any more nothing is kept but what was not sent. */
  #forgetLeft(id: ChannelId): void {
    if (this.isMember(id)) return;
    this.change(id, ({ me, pending }) => ({ ...emptyChannel(me), pending }));
  }

  /** The pointers of the user's stream and those of summaries meet here, whichever came first. */
  #applyPointers(channels: readonly ChannelId[]): void {
    for (const id of channels) {
      const pointer = findRow(this.user.peek(), "pointer", id)?.body;
      if (!pointer) continue;
      const held = this.channel(id).peek().summary?.pointer.readSeq ?? 0;
      if (pointer.readSeq >= held) this.change(id, (channel) => withPointer(channel, pointer));
    }
  }

  /** Whose message is here has stopped writing it, whatever the last frame said. */
  #stopTyping(channel: ChannelId, rows: readonly Row[]): void {
    for (const { kind, body } of rows) {
      if (kind === "message" && body) {
        this.typing.apply({ channel, user: body.authorId, typing: false });
      }
    }
  }
}
