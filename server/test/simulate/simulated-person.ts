import type { Answer, ReplyOf } from "#wire/event.ts";
import type { ChannelId, Seq, UserId } from "#wire/ids.ts";
import { Reader } from "../reader.ts";
import type { MemoryStore } from "./memory-store.ts";
import type { Line, SimulatedWorker } from "./simulated-worker.ts";
import type { World } from "./world.ts";

interface Written {
  readonly clientMessageId: string;
  readonly body: string;
  /** Where it stands, from the moment on at which the author was told. */
  seq: Seq | undefined;
}

interface Parts {
  readonly world: World;
  readonly store: MemoryStore;
  readonly channels: readonly ChannelId[];
  /** Somebody who lives. */
  readonly findWorker: () => SimulatedWorker;
}

const draftsPerSendMax = 3;
const returnMsMax = 500;

/** A client: reads by the protocol's rules, keeps what it wrote until it is told that it is stored, comes back when its socket breaks. */
export class SimulatedPerson {
  readonly #parts: Parts;
  readonly userId: UserId;
  readonly reader = new Reader();
  /** By channel, in the order in which it was written. */
  readonly written = new Map<ChannelId, Written[]>();
  /** What the send with that `ref` asked for. */
  readonly #asked = new Map<number, { channel: ChannelId; drafts: readonly Written[] }>();
  #line: Line | undefined;
  #isReady = false;
  #ref = 0;
  /** It has left for good, and nobody says again what was not answered. */
  isGone = false;

  constructor(userId: UserId, parts: Parts) {
    this.userId = userId;
    this.#parts = parts;
    for (const channel of parts.channels) {
      this.reader.hold(channel);
      this.written.set(channel, []);
    }
  }

  say(channel: ChannelId): void {
    const written = this.written.get(channel)!;
    const number = (this.userId * 100 + channel) * 1_000 + written.length;
    const clientMessageId = `00000000-0000-7000-8000-${String(number).padStart(12, "0")}`;
    written.push({
      clientMessageId,
      body: `${written.length + 1} of ${this.userId}`,
      seq: undefined,
    });
    this.#sendNext(channel);
  }

  unanswered(channel: ChannelId): Written[] {
    return this.written.get(channel)!.filter(({ seq }) => seq === undefined);
  }

  connect(): void {
    const { world, findWorker } = this.#parts;
    this.#line = findWorker().connect(
      this.userId,
      (answer) => this.#hear(answer),
      () => {
        this.#line = undefined;
        this.#isReady = false;
        this.#asked.clear();
        this.reader.leave();
        this.isGone = world.dice.chance(world.weather.departures);
        if (this.isGone) return;
        world.clock.after(world.dice.between(1, returnMsMax), () => this.connect());
      },
    );
    this.#line.hello(this.reader.cursors());
  }

  breakSocket(): void {
    this.#line?.socket.close();
  }

  #hear(answer: Answer): void {
    if (answer.op === "interval") this.#witness(answer);
    this.reader.apply(answer);
    if (answer.op === "sent") this.#answered(answer);
    if (answer.op !== "caughtUp") return;
    this.#isReady = true;
    for (const channel of this.#parts.channels) this.#sendNext(channel);
  }

  /** Nobody hears of what is not stored. */
  #witness({ stream, rows }: Answer & { op: "interval" }): void {
    const { store, world } = this.#parts;
    const messages = store.messages(stream as ChannelId);
    for (const row of rows) {
      const stored = messages[row.entity - 1]?.draft;
      if (row.kind === "message" && row.body?.clientMessageId === stored?.clientMessageId) continue;
      world.blame(`user ${this.userId} heard of ${row.entity} in ${stream}, which is not stored`);
    }
  }

  #sendNext(channel: ChannelId): void {
    const isAsked = [...this.#asked.values()].some((asked) => asked.channel === channel);
    const drafts = this.unanswered(channel).slice(0, draftsPerSendMax);
    if (!this.#line || !this.#isReady || isAsked || drafts.length === 0) return;

    const ref = ++this.#ref;
    this.#asked.set(ref, { channel, drafts });
    this.#line.send({
      op: "send",
      ref,
      channel,
      drafts: drafts.map(({ clientMessageId, body }) => ({ clientMessageId, body, rootSeq: null })),
    });
  }

  #answered({ ref, fates }: ReplyOf<"sent">): void {
    const { channel, drafts } = this.#asked.get(ref)!;
    this.#asked.delete(ref);
    // What was refused is unknown or was not tried: it is said again under its id.
    fates.forEach(({ seq, code }, at) => {
      if (code === null) drafts[at]!.seq = seq;
    });
    this.#sendNext(channel);
  }
}
