import type { CommandOf } from "#wire/command.ts";
import type { Answer, EventOf, ReplyOf } from "#wire/event.ts";
import type { ChannelId, Seq, UserId } from "#wire/ids.ts";
import type { Row, RowOf } from "#wire/row.ts";
import type { Identity } from "../../session/session.ts";
import { Reader } from "../reader.ts";
import type { MemoryStore } from "./memory-store.ts";
import type { Line, SimulatedWorker } from "./simulated-worker.ts";
import type { World } from "./world.ts";

interface Written {
  readonly clientMessageId: string;
  readonly body: string;
  readonly rootSeq: Seq | null;
  /** Where it stands, from the moment on at which the author was told. */
  seq: Seq | undefined;
}

type Look = CommandOf<"read">["pointers"][number];

/** What somebody was told is stored, on whichever of their devices. */
export interface Told {
  readonly messages: { readonly channel: ChannelId; readonly seq: Seq }[];
  readonly receipts: Look[];
}

/** Whose device it is, and which of theirs. */
interface Owner {
  readonly userId: UserId;
  readonly device: number;
  readonly told: Told;
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
/** Of the looks into a channel: it is marked as unread. */
const marksUnread = 0.2;
/** Of the messages. */
const replies = 0.2;

/**
 * A client: reads by the protocol's rules, keeps what it wrote and how far it read until it is told that it is stored, comes back when its
 * socket breaks.
 */
export class SimulatedDevice {
  readonly #parts: Parts;
  readonly #owner: Owner;
  readonly #identity: Identity;
  readonly reader = new Reader();
  /** By channel, in the order in which it was written. */
  readonly written = new Map<ChannelId, Written[]>();
  /** What the send with that `ref` asked for. */
  readonly #asked = new Map<number, { channel: ChannelId; drafts: readonly Written[] }>();
  /** The newest look into each channel that was not answered yet. */
  readonly #looks = new Map<ChannelId, Look>();
  /** What the one read under way asked for. */
  #reading: { ref: number; pointers: readonly Look[] } | undefined;
  /** What its user had been told when it came back. */
  #due: Told = { messages: [], receipts: [] };
  #line: Line | undefined;
  #isReady = false;
  #ref = 0;
  /** It has left for good, and nobody says again what was not answered. */
  isGone = false;

  constructor(owner: Owner, parts: Parts) {
    const { userId, device } = owner;
    this.#owner = owner;
    this.#parts = parts;
    this.#identity = { userId, name: `user ${userId}`, sessionId: `session ${userId}.${device}` };
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
    return this.#identity.sessionId;
  }

  get told(): Told {
    return this.#owner.told;
  }

  /** Something new, or now and then a reply to what it sees. */
  say(channel: ChannelId): void {
    const { userId, device } = this.#owner;
    const written = this.written.get(channel)!;
    const number = ((userId * 10 + device) * 100 + channel) * 1_000 + written.length;
    const clientMessageId = `00000000-0000-7000-8000-${String(number).padStart(12, "0")}`;
    written.push({
      clientMessageId,
      body: `${written.length + 1} of ${userId}.${device}`,
      rootSeq: this.#chooseRoot(channel),
      seq: undefined,
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
    return this.isGone || (isSaid && !this.isReading);
  }

  /** It was not told yet that its last looks are stored. */
  get isReading(): boolean {
    return this.#looks.size > 0;
  }

  #unsaid(channel: ChannelId): Written[] {
    return this.written.get(channel)!.filter(({ seq }) => seq === undefined);
  }

  connect(): void {
    const { world, findWorker } = this.#parts;
    this.#line = findWorker().connect(
      this.#identity,
      (answer) => this.#hear(answer),
      () => {
        this.#line = undefined;
        this.#isReady = false;
        this.#asked.clear();
        this.#reading = undefined;
        this.reader.leave();
        this.isGone = world.dice.chance(world.weather.departures);
        if (this.isGone) return;
        world.clock.after(world.dice.between(1, returnMsMax), () => this.connect());
      },
    );
    this.#due = { messages: [...this.told.messages], receipts: [...this.told.receipts] };
    this.#line.hello(this.reader.cursors());
  }

  breakSocket(): void {
    this.#line?.socket.close();
  }

  #hear(answer: Answer): void {
    if (answer.op === "interval") this.#witness(answer);
    if (answer.op === "pointers") this.#witnessReceipts(answer);
    this.reader.apply(answer);
    if (answer.op === "sent") this.#answered(answer);
    if (answer.op === "done" || answer.op === "refusal") this.#readAnswered(answer);
    if (answer.op !== "caughtUp") return;
    this.#isReady = true;
    this.#witnessOwn();
    for (const channel of this.#parts.channels) this.#sendNext(channel);
    this.#readNext();
  }

  /** Nobody hears of what is not stored, and own pointers never go back. */
  #witness({ stream, rows }: EventOf<"interval">): void {
    for (const row of rows) {
      if (row.kind === "pointer") this.#witnessPointer(row);
      const isStored = row.kind === "pointer" ? this.#isReceipt(row) : this.#isMessage(stream, row);
      if (!isStored) this.#blame(`heard of the ${row.kind} ${row.entity} in ${stream}`);
    }
  }

  #witnessPointer({ entity, version, body }: RowOf<"pointer">): void {
    const held = this.reader.row(this.userId, "pointer", entity);
    if (!held || version <= held.version || isPast(held.body, body)) return;
    this.#parts.world.blame(`${this.sessionId} saw the pointer ${entity} go back`);
  }

  #isMessage(stream: number, { kind, entity, body }: Row): boolean {
    const stored = this.#parts.store.messages(stream as ChannelId)[entity - 1]?.draft;
    return kind === "message" && body?.clientMessageId === stored?.clientMessageId;
  }

  #isReceipt({ entity, body }: RowOf<"pointer">): boolean {
    return isPast(body, this.#parts.store.pointerOf(this.userId, entity as ChannelId));
  }

  #witnessReceipts({ channel, pointers }: EventOf<"pointers">): void {
    for (const pointer of pointers) {
      if (isPast(pointer, this.#parts.store.pointerOf(pointer.user, channel))) continue;
      this.#blame(`heard of what ${pointer.user} read in ${channel}`);
    }
  }

  /** Who comes back finds what they did. */
  #witnessOwn(): void {
    const { world } = this.#parts;
    for (const { channel, seq } of this.#due.messages) {
      if (this.reader.row(channel, "message", seq)) continue;
      world.blame(`${this.sessionId} came back without its user's ${seq} in ${channel}`);
    }
    for (const { channel, ...receipt } of this.#due.receipts) {
      if (isPast(receipt, this.reader.row(this.userId, "pointer", channel)?.body)) continue;
      world.blame(`${this.sessionId} came back without what its user read in ${channel}`);
    }
  }

  #blame(what: string): void {
    this.#parts.world.blame(`${this.sessionId} ${what}, which is not stored`);
  }

  #sendNext(channel: ChannelId): void {
    const isAsked = [...this.#asked.values()].some((asked) => asked.channel === channel);
    const drafts = this.#unsaid(channel).slice(0, draftsPerSendMax);
    if (!this.#line || !this.#isReady || isAsked || drafts.length === 0) return;

    const ref = ++this.#ref;
    this.#asked.set(ref, { channel, drafts });
    this.#line.send({
      op: "send",
      ref,
      channel,
      drafts: drafts.map(({ clientMessageId, body, rootSeq }) => ({
        clientMessageId,
        body,
        rootSeq,
      })),
    });
  }

  #answered({ ref, fates }: ReplyOf<"sent">): void {
    const { channel, drafts } = this.#asked.get(ref)!;
    this.#asked.delete(ref);
    // What was refused is unknown or was not tried: it is said again under its id.
    fates.forEach(({ seq, code }, at) => {
      if (code !== null) return;
      drafts[at]!.seq = seq;
      this.told.messages.push({ channel, seq });
    });
    this.#sendNext(channel);
  }

  #readNext(): void {
    if (!this.#line || !this.#isReady || this.#reading || this.#looks.size === 0) return;

    this.#reading = { ref: ++this.#ref, pointers: [...this.#looks.values()] };
    this.#line.read({ op: "read", ref: this.#ref, pointers: [...this.#looks.values()] });
  }

  /** What was refused is unknown, and asked for once more. */
  #readAnswered({ op }: Answer): void {
    const pointers = op === "done" ? this.#reading!.pointers : [];
    this.#reading = undefined;
    for (const pointer of pointers) {
      this.told.receipts.push(pointer);
      if (this.#looks.get(pointer.channel) === pointer) this.#looks.delete(pointer.channel);
    }
    this.#readNext();
  }
}

/** How far somebody is, as others may see it. */
interface Reached {
  readonly readSeq: Seq | null;
  readonly deliveredSeq: Seq | null;
}

/** Whether what was once so can have become what is. */
export function isPast(once: Reached | null, now: Reached | null = nowhere): boolean {
  if (!once || !now) return false;
  const isRead = (once.readSeq ?? 0) <= (now.readSeq ?? 0);
  return isRead && (once.deliveredSeq ?? 0) <= (now.deliveredSeq ?? 0);
}

const nowhere: Reached = { readSeq: 0, deliveredSeq: 0 };
