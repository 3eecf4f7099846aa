import type { Answer, EventOf, ReplyOf } from "#wire/event.ts";
import type { Command } from "#wire/command.ts";
import type { ChannelId, Seq } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import type { MessageRow } from "#wire/row.ts";
import { pause, within } from "#lib/wait.ts";
import { retryDelayMs } from "../../../client/net/backoff.ts";
import { Reader } from "../reader.ts";
import { SlowSocket } from "../slow-socket.ts";
import type { SignedIn } from "../start-server.ts";
import type { History, Message, Written } from "./check-histories.ts";

interface Parts {
  readonly me: Pick<SignedIn, "id" | "name">;
  readonly channels: readonly ChannelId[];
  /** Where it comes in. */
  readonly url: string;
  /** A token that is good for a while. */
  readonly token: () => Promise<string>;
  /** Something came to be shown, or was acknowledged. */
  readonly changed: () => void;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** A socket that said nothing for so long after a ping is given up, as by a client that has just changed networks. */
const silenceMsMax = 2_000;
const helloMsMax = 5_000;
/** A hole is asked for when it has been there for so long. */
const holeMsMax = 1_000;
const retryMsMin = 100;
const charsMax = 8_000;

/**
 * A client of PROTOCOL.md on one device: it keeps what was written until it is told that it is stored, comes back by itself, asks for what
 * is missing, and notes what it goes through.
 */
export class Device {
  readonly #parts: Parts;
  readonly channels: readonly ChannelId[];
  readonly #written: Written[] = [];
  /** Of these, what is not acknowledged. */
  readonly #outbox = new Map<ChannelId, Written[]>();
  readonly #shown = new Map<ChannelId, { since: Seq; messages: Message[] }>();
  readonly #seen = new Set<string>();
  readonly #reader: Reader;
  /** What the command with that `ref` sent; nothing for what only has to be answered. */
  readonly #asked = new Map<number, readonly Written[]>();
  #socket: SlowSocket | undefined;
  #isReady = false;
  #epoch = "";
  #ref = 0;
  #isOver = false;
  /** To come in, in a row. */
  #failures = 0;
  #life: Promise<void> | undefined;
  #heardAtMs = 0;
  #returnAfterMs: number | undefined;
  #holeSinceMs: number | undefined;
  /** How often it was told that it lagged, and how often it came back. */
  lagged = 0;
  returns = -1;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.channels = parts.channels;
    this.#reader = new Reader((channel, row) => this.#show(channel, row));
    this.#reader.hold(parts.me.id);
    for (const channel of parts.channels) {
      this.#reader.hold(channel);
      this.#shown.set(channel, { since: 0, messages: [] });
      this.#outbox.set(channel, []);
    }
  }

  get history(): History {
    return { name: this.#parts.me.name, written: this.#written, shown: this.#shown };
  }

  /** Everything that was written is acknowledged. */
  get isQuiet(): boolean {
    return [...this.#outbox.values()].every((messages) => messages.length === 0);
  }

  /** It has come in and has all that there was. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** The socket of now, for who makes it slow. */
  get socket(): SlowSocket | undefined {
    return this.#socket;
  }

  /** How it stands, for a report. */
  get said(): string {
    const since = Math.round(performance.now() - this.#heardAtMs);
    const state = this.#socket ? (this.#isReady ? "ready" : "coming in") : "without a socket";
    return `${state}, ${this.#failures} failures in a row, heard something ${since} ms ago`;
  }

  cursorOf(channel: ChannelId): Seq {
    return this.#reader.cursorOf(channel);
  }

  /** Whether that message is shown here. */
  shows({ clientMessageId }: Pick<Written, "clientMessageId">): boolean {
    return this.#seen.has(clientMessageId);
  }

  start(): void {
    this.#life = this.#live();
  }

  /** Writes it; sooner or later it is acknowledged. */
  say(channel: ChannelId, body: string): Written {
    const message: Written = {
      channel,
      clientMessageId: crypto.randomUUID(),
      body,
      seq: undefined,
    };
    this.#written.push(message);
    this.#outbox.get(channel)!.push(message);
    this.#sendNext(channel);
    return message;
  }

  /** Asks for a page: many of them fill what a socket holds. */
  askPages(channel: ChannelId, count: number): void {
    const pages = Array.from({ length: count }, () => {
      this.#asked.set(++this.#ref, []);
      return {
        op: "history" as const,
        ref: this.#ref,
        channel,
        before: 0,
        limit: limits.pageRowsMax,
      };
    });
    this.#socket?.send(...pages);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    this.#socket?.[Symbol.dispose]();
    await this.#life;
  }

  async #live(): Promise<void> {
    while (!this.#isOver) {
      const wasReady = await this.#visit().catch(() => false);
      if (wasReady) this.#failures = 0;
      await pause(this.#returnAfterMs ?? retryDelayMs(this.#failures++, this.#parts.random));
      this.#returnAfterMs = undefined;
    }
  }

  /** One socket, from its opening to its end. Resolves to whether it was ever ready. */
  async #visit(): Promise<boolean> {
    const opened = SlowSocket.open(this.#parts.url, (answer) => this.#hear(answer));
    this.#socket = await within(helloMsMax, opened);
    if (!this.#socket) {
      void opened.then(
        (late) => late[Symbol.dispose](),
        () => undefined,
      );
      return false;
    }
    const socket = this.#socket;
    this.returns++;
    this.#heardAtMs = performance.now();
    const token = await this.#parts.token();
    const streams = this.#reader.cursors();
    this.#send({ op: "hello", ref: ++this.#ref, token, epoch: this.#epoch, streams });
    const watch = setInterval(() => this.#watch(), silenceMsMax / 4);
    await socket.closed;
    clearInterval(watch);
    const wasReady = this.#isReady;
    this.#isReady = false;
    this.#socket = undefined;
    this.#asked.clear();
    this.#reader.leave();
    return wasReady;
  }

  /** Gives up a socket that is silent, and asks for a hole that stays. */
  #watch(): void {
    const nowMs = performance.now();
    if (nowMs - this.#heardAtMs > silenceMsMax) return this.#socket?.[Symbol.dispose]();
    this.#send({ op: "ping", ref: ++this.#ref });
    if (this.#reader.waiting.length === 0) this.#holeSinceMs = undefined;
    else this.#holeSinceMs ??= nowMs;
    if (this.#holeSinceMs === undefined || nowMs - this.#holeSinceMs < holeMsMax) return;
    this.#holeSinceMs = undefined;
    this.#resume();
  }

  /** Its silence is wanted now, and is not that of a dead socket. */
  stopReading(): void {
    this.#heardAtMs = Infinity;
    this.#socket?.stopReading();
  }

  readOn(): void {
    this.#heardAtMs = performance.now();
    this.#socket?.readOn();
  }

  #send(command: Command): void {
    this.#socket?.send(command);
  }

  #resume(): void {
    const streams = this.#reader.cursors();
    this.#send({ op: "resume", ref: ++this.#ref, epoch: this.#epoch, streams });
  }

  #hear(answer: Answer): void {
    this.#heardAtMs = Math.max(this.#heardAtMs, performance.now());
    if (answer.op === "reset") this.#begin(answer);
    this.#reader.apply(answer);
    if (answer.op === "welcome") this.#epoch = answer.epoch;
    else if (answer.op === "sent") this.#answered(answer);
    else if (answer.op === "refusal") this.#refused(answer);
    else if (answer.op === "goodbye") this.#returnAfterMs = answer.returnAfterMs;
    else if (answer.op === "lagged") {
      this.lagged++;
      this.#resume();
    } else if (answer.op === "caughtUp") {
      this.#isReady = true;
      for (const channel of this.channels) this.#sendNext(channel);
    }
    this.#parts.changed();
  }

  /** A channel begins anew with a page. */
  #begin({ stream, since }: EventOf<"reset">): void {
    const shown = this.#shown.get(stream as ChannelId);
    if (!shown) return;
    for (const { clientMessageId } of shown.messages) this.#seen.delete(clientMessageId);
    this.#shown.set(stream as ChannelId, { since, messages: [] });
  }

  #show(channel: ChannelId, { entity, body }: MessageRow): void {
    const { clientMessageId, body: text } = body!;
    this.#seen.add(clientMessageId);
    this.#shown.get(channel)?.messages.push({ channel, clientMessageId, body: text, seq: entity });
  }

  #sendNext(channel: ChannelId): void {
    const isAsked = [...this.#asked.values()].some((drafts) => drafts[0]?.channel === channel);
    const drafts = takeDrafts(this.#outbox.get(channel)!);
    if (!this.#isReady || isAsked || drafts.length === 0) return;

    this.#asked.set(++this.#ref, drafts);
    const asked = drafts.map(({ clientMessageId, body }) => ({
      clientMessageId,
      body,
      rootSeq: null,
    }));
    this.#send({ op: "send", ref: this.#ref, channel, drafts: asked });
  }

  #answered({ ref, fates }: ReplyOf<"sent">): void {
    const drafts = this.#asked.get(ref)!;
    this.#asked.delete(ref);
    fates.forEach(({ seq, code }, at) => {
      if (code === null) drafts[at]!.seq = seq;
    });
    const { channel } = drafts[0]!;
    const left = this.#outbox.get(channel)!.filter((message) => message.seq === undefined);
    this.#outbox.set(channel, left);
    this.#sendNext(channel);
  }

  /** What was refused as a whole is said again under its ids. */
  #refused({ ref, retryAfterMs }: ReplyOf<"refusal">): void {
    const [first] = this.#asked.get(ref) ?? [];
    this.#asked.delete(ref);
    if (!first) return;
    setTimeout(() => this.#sendNext(first.channel), Math.max(retryMsMin, retryAfterMs));
  }
}

/** As many as go into one frame. */
function takeDrafts(outbox: readonly Written[]): Written[] {
  let chars = 0;
  const fits = outbox.findIndex(({ body }, at) => at > 0 && (chars += body.length) > charsMax);
  return outbox.slice(0, Math.min(fits < 0 ? outbox.length : fits, limits.draftsPerSendMax));
}
