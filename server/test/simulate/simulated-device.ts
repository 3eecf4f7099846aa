import type { Answer, EventOf, ReplyOf } from "#wire/event.ts";
import type { ChannelId, Seq, StreamId, UserId } from "#wire/ids.ts";
import type { Pointer } from "#wire/row.ts";
import { Reader } from "../reader.ts";
import type { MemoryStore } from "./memory-store.ts";
import { DeviceClaims, type Look, type Told } from "./device-claims.ts";
import { type Asked, isFor, Questions, type Written } from "./device-questions.ts";
import { epoch, identityOf, type Line, type SimulatedWorker } from "./simulated-worker.ts";
import type { World } from "./world.ts";

/** Whose device it is, and which of theirs. */
interface Owner {
  readonly userId: UserId;
  readonly device: number;
  readonly told: Told;
  /** It opens the channels that it is in, and so hears what others read. */
  readonly opens: boolean;
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
/** Until it asks again what nobody could answer; lines are not asked for more often. */
const againMs = 1_000;
/** Of the looks into a channel: it is marked as unread. */
const marksUnread = 0.2;
/** Of the messages. */
const replies = 0.2;

/**
 * A client: reads by the protocol's rules, keeps what it wrote and how far it read until it is told that it is stored, comes back when its
 * socket breaks or it was too slow, and opens what it is told to be in.
 */
export class SimulatedDevice {
  readonly #parts: Parts;
  readonly #owner: Owner;
  readonly #token: string;
  readonly #claims: DeviceClaims;
  readonly reader = new Reader();
  /** By channel, in the order in which it was written. */
  readonly written = new Map<ChannelId, Written[]>();
  readonly #questions = new Questions();
  /** The newest look into each channel that was not answered yet. */
  readonly #looks = new Map<ChannelId, Look>();
  /** By channel, the number of the own stream by which it became a member. */
  readonly #joined = new Map<ChannelId, Seq>();
  /** Own pointers, as the line of each channel says. */
  readonly #lines = new Map<ChannelId, Pointer>();
  /** What is to be asked for once everything has come that is under way. */
  readonly #lacking = new Set<ChannelId>();
  #line: Line | undefined;
  #isReady = false;
  /** It was told that it lagged, and this `resume` is not done. */
  #returning: number | undefined;
  /** `caughtUp` was heard since the last `resume` was done, and is not that of a `hello` that was under way when it began to lag. */
  #returned = { hasCaughtUp: false, isSure: true };
  /** It has left for good, and nobody says again what was not answered. */
  isGone = false;
  isSlow = false;

  constructor(owner: Owner, parts: Parts) {
    const { userId, device } = owner;
    this.#owner = owner;
    this.#parts = parts;
    this.#token = `${userId}.${device}`;
    this.#claims = new DeviceClaims({ ...parts, userId, sessionId: this.sessionId }, this.reader);
    this.reader.hold(userId);
    for (const channel of parts.channels) {
      this.reader.hold(channel);
      this.written.set(channel, []);
    }
  }

  get userId(): UserId {
    return this.#owner.userId;
  }

  get sessionId(): string {
    return identityOf(this.#token).sessionId;
  }

  get told(): Told {
    return this.#owner.told;
  }

  /** As far as it knows. */
  isIn(channel: ChannelId): boolean {
    return Boolean(this.reader.row(this.userId, "membership", channel)?.body);
  }

  /** Own pointers: of the own stream and of the line those that have read further are the newer ones. */
  pointerOf(channel: ChannelId): Pointer | undefined {
    const own = this.reader.row(this.userId, "pointer", channel)?.body;
    const line = this.#lines.get(channel);
    if (!own || !line) return own ?? line;
    if (own.readSeq < line.readSeq) return line;
    return { ...own, deliveredSeq: Math.max(own.deliveredSeq, line.deliveredSeq) };
  }

  /** Something new, or now and then a reply to what it sees. */
  say(channel: ChannelId): void {
    if (!this.isIn(channel)) return;
    const { userId, device } = this.#owner;
    const written = this.written.get(channel)!;
    const number = ((userId * 10 + device) * 100 + channel) * 1_000 + written.length;
    const clientMessageId = `00000000-0000-7000-8000-${String(number).padStart(12, "0")}`;
    written.push({
      clientMessageId,
      body: `${written.length + 1} of ${userId}.${device}`,
      rootSeq: this.#chooseRoot(channel),
      seq: undefined,
      isRefused: false,
    });
    this.#sendNext(channel);
  }

  #chooseRoot(channel: ChannelId): Seq | null {
    const { dice } = this.#parts.world;
    const roots = this.reader.rows(channel, "message").filter(({ body }) => body?.rootSeq === null);
    return roots.length > 0 && dice.chance(replies) ? dice.pick(roots).entity : null;
  }

  /** Reads a channel, perhaps less of it than another device has; or marks it as unread. */
  look(channel: ChannelId): void {
    if (!this.isIn(channel)) return;
    const { dice } = this.#parts.world;
    const deliveredSeq = this.reader.cursorOf(channel);
    const somewhere = dice.between(0, deliveredSeq);
    const look = dice.chance(marksUnread)
      ? { readSeq: null, deliveredSeq: null, readFrom: somewhere }
      : { readSeq: somewhere, deliveredSeq, readFrom: null };
    this.#looks.set(channel, { channel, ...look });
    this.#readNext();
  }

  /** All was answered that it asked for, or it will not be any more. */
  get isAnswered(): boolean {
    const isSaid = [...this.written.keys()].every((channel) => this.#unsaid(channel).length === 0);
    return this.isGone || (isSaid && !this.isReading && !this.isSlow);
  }

  /** It was not told yet that its last looks are stored. */
  get isReading(): boolean {
    return this.#looks.size > 0;
  }

  #unsaid(channel: ChannelId): Written[] {
    return this.written.get(channel)!.filter(({ seq, isRefused }) => !seq && !isRefused);
  }

  connect(): void {
    const { world, findWorker } = this.#parts;
    this.#line = findWorker().connect(
      (answer) => this.#hear(answer),
      () => {
        this.#line = undefined;
        this.#isReady = false;
        this.#returning = undefined;
        this.#questions.clear();
        this.#lacking.clear();
        this.reader.leave();
        this.isSlow = false;
        this.isGone = world.dice.chance(world.weather.departures);
        if (this.isGone) return;
        world.clock.after(world.dice.between(1, returnMsMax), () => this.connect());
      },
    );
    this.#comeBack({ op: "hello", ref: this.#questions.ask({ op: "hello" }), token: this.#token });
  }

  /** Says what it holds; by `caughtUp` it has what its user had been told by now. */
  #comeBack(command: { op: "hello"; ref: number; token: string } | { op: "resume"; ref: number }) {
    this.#claims.begin(this.told);
    this.#line!.say({ ...command, epoch, streams: this.reader.cursors() });
  }

  #return(): void {
    this.#returning = this.#questions.ask({ op: "resume" });
    this.#comeBack({ op: "resume", ref: this.#returning });
  }

  breakSocket(): void {
    this.#line?.socket.close();
  }

  readSlowly(ms: number, frameMs: number): void {
    const line = this.#line;
    if (!line || this.isSlow) return;
    this.isSlow = true;
    line.socket.readSlowly(ms, frameMs);
    this.#parts.world.clock.after(ms, () => {
      if (this.#line === line) this.isSlow = false;
    });
  }

  #hear(answer: Answer): void {
    if (answer.op === "interval") this.#claims.heard(answer);
    if (answer.op === "pointers") this.#claims.heardOf(answer.channel, answer.pointers);
    if ("ref" in answer) return this.#answered(answer);
    if (answer.op === "lagged") {
      this.#parts.world.tell(`${this.sessionId} was too slow, and comes back`);
      if (!this.#returning) this.#returned = { hasCaughtUp: false, isSure: this.#isReady };
      return this.#return();
    }
    if (answer.op === "caughtUp") {
      this.#returned.hasCaughtUp = true;
      return this.#returning ? undefined : this.#caughtUp();
    }
    if (answer.op === "summary") return this.#summarise(answer);
    // Of a channel that it is not in it knows nothing, and all comes once it is.
    if ("stream" in answer && !this.#isMine(answer.stream)) return;
    const reached = "stream" in answer ? this.reader.cursorOf(answer.stream) : 0;
    this.reader.apply(answer);
    if (!("stream" in answer)) return;
    if (answer.stream === this.userId) this.#followMemberships();
    // An answer to what it asked long ago: what came since is to come again.
    else if (this.reader.cursorOf(answer.stream) < reached)
      this.#askFor(answer.stream as ChannelId);
  }

  #isMine(stream: StreamId): boolean {
    return stream === this.userId || this.isIn(stream as ChannelId);
  }

  #followMemberships(): void {
    for (const channel of this.#parts.channels) {
      const row = this.reader.row(this.userId, "membership", channel);
      if (!row || row.version === this.#joined.get(channel)) continue;
      if (!row.body) this.#forget(channel);
      // What comes before `caughtUp` comes by itself to who was in it all the time.
      else if (this.#isReady || this.#joined.has(channel)) this.#askFor(channel);
      this.#joined.set(channel, row.version);
    }
  }

  /** Of a channel that one is not in any more nothing is kept but what was not sent. */
  #forget(channel: ChannelId): void {
    this.reader.forget(channel);
    this.#lines.delete(channel);
    this.#looks.delete(channel);
    this.#lacking.delete(channel);
  }

  #summarise({ channel, asOf, readSeq, deliveredSeq, readFrom }: EventOf<"summary">): void {
    if (!this.isIn(channel)) return;
    const line = { readSeq, deliveredSeq, readFrom };
    if (readSeq >= (this.#lines.get(channel)?.readSeq ?? 0)) this.#lines.set(channel, line);
    // Who was always in it is never told that something is missing without being told what; who came into it may be.
    const wasAlways = this.#parts.store.wasAlwaysIn(this.userId, channel);
    if (!wasAlways && asOf > this.reader.cursorOf(channel)) this.#askFor(channel);
  }

  /** Opens a channel, or where it opens none asks for what it misses. */
  #askFor(channel: ChannelId): void {
    // One answer at a time: an older one behind a newer one would take back what came between.
    const isAsked = this.#questions.has((asked) => isFor(channel, asked));
    if (!this.#isReady || isAsked) return void this.#lacking.add(channel);
    if (!this.#line || !this.isIn(channel)) return;
    const cursor = this.reader.cursorOf(channel);
    if (this.#owner.opens) {
      const ref = this.#questions.ask({ op: "open", channel });
      this.#line.say({ op: "open", ref, channel, epoch, cursor });
    } else {
      const ref = this.#questions.ask({ op: "fetch", channel });
      this.#line.say({ op: "resume", ref, epoch, streams: [{ stream: channel, cursor }] });
    }
  }

  #caughtUp(isSure = true): void {
    this.#isReady = true;
    // What an older answer took back comes again.
    if (isSure) this.#claims.caughtUp((channel) => this.pointerOf(channel), this.#lacking);
    for (const channel of this.#parts.channels) {
      if (this.isIn(channel) && (this.#owner.opens || this.reader.cursorOf(channel) === 0)) {
        this.#lacking.add(channel);
      }
      this.#sendNext(channel);
    }
    const lacking = [...this.#lacking];
    this.#lacking.clear();
    for (const channel of lacking) this.#askFor(channel);
    this.#askLines();
    this.#readNext();
  }

  /** Who broke off between a channel's rows and its line has no line. */
  #askLines(): void {
    const channels = this.#parts.channels.filter((id) => this.isIn(id) && !this.#lines.has(id));
    if (!this.#line || !this.#isReady || channels.length === 0) return;
    this.#line.say({ op: "summaries", ref: this.#questions.ask({ op: "summaries" }), channels });
  }

  #sendNext(channel: ChannelId): void {
    const isAsked = this.#questions.has(
      (asked) => asked.op === "send" && asked.channel === channel,
    );
    const drafts = this.#unsaid(channel).slice(0, draftsPerSendMax);
    if (!this.#line || !this.#isReady || isAsked || drafts.length === 0) return;

    this.#line.say({
      op: "send",
      ref: this.#questions.ask({ op: "send", channel, drafts }),
      channel,
      drafts: drafts.map(({ clientMessageId, body, rootSeq }) => ({
        clientMessageId,
        body,
        rootSeq,
      })),
    });
  }

  #readNext(): void {
    const isAsked = this.#questions.has(({ op }) => op === "read");
    if (!this.#line || !this.#isReady || isAsked || this.#looks.size === 0) return;

    const pointers = [...this.#looks.values()];
    this.#line.say({ op: "read", ref: this.#questions.ask({ op: "read", pointers }), pointers });
  }

  #answered(answer: Answer & { readonly ref: number }): void {
    const asked = this.#questions.take(answer.ref);
    if (!asked) return this.#parts.world.blame(`${this.sessionId} was answered twice`);
    if ("channel" in asked && isFor(asked.channel, asked) && this.#lacking.delete(asked.channel)) {
      this.#askFor(asked.channel);
    }
    if (answer.op === "refusal") return this.#refused(asked, answer);
    if (asked.op === "send" && answer.op === "sent") this.#sent(asked, answer);
    if (asked.op === "open" && answer.op === "opened") {
      this.#claims.heardOf(asked.channel, answer.pointers);
    }
    if (asked.op === "resume") this.#comesBack(answer.ref);
    if (asked.op !== "read") return;
    for (const pointer of asked.pointers) {
      this.told.receipts.push(pointer);
      if (this.#looks.get(pointer.channel) === pointer) this.#looks.delete(pointer.channel);
    }
    this.#readNext();
  }

  /** Who lagged again meanwhile was told nothing, and will be asked once more. */
  #comesBack(ref: number): void {
    const { hasCaughtUp, isSure } = this.#returned;
    this.#returned = { hasCaughtUp: false, isSure: true };
    if (ref !== this.#returning) return;
    this.#returning = undefined;
    if (hasCaughtUp) this.#caughtUp(isSure);
  }

  /** What nobody knows is asked again; and who left a channel has no business in it. */
  #refused(asked: Asked, { ref, code }: ReplyOf<"refusal">): void {
    const isOver = code === "not_a_member" && asked.op === "open";
    const isSoon = code === "slow_down" && asked.op === "summaries";
    if (code !== "unavailable" && !isOver && !isSoon) {
      this.#parts.world.blame(`${this.sessionId} was refused ${asked.op}: ${code}`);
    }
    if (isOver) return;
    const line = this.#line;
    this.#parts.world.clock.after(againMs, () => {
      if (this.#line !== line) return;
      if (asked.op === "open" || asked.op === "fetch") this.#askFor(asked.channel);
      if (asked.op === "send") this.#sendNext(asked.channel);
      if (asked.op === "read") this.#readNext();
      if (asked.op === "summaries") this.#askLines();
      if (ref === this.#returning) this.#return();
    });
  }

  #sent(asked: Asked & { op: "send" }, { fates }: ReplyOf<"sent">): void {
    const { channel, drafts } = asked;
    // What is unknown or was not tried is said again under its id.
    fates.forEach(({ seq, code }, at) => {
      const draft = drafts[at]!;
      draft.isRefused = code === "not_a_member";
      if (code !== null) return;
      draft.seq = seq;
      this.told.messages.push({ channel, seq });
    });
    this.#sendNext(channel);
  }
}
