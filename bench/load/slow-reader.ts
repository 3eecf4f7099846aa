import { pause } from "#lib/wait.ts";
import type { Command } from "#wire/command.ts";
import type { Answer } from "#wire/event.ts";
import type { ChannelId, Seq, StreamId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import { birthsIn, Cursor } from "./cursor.ts";
import type { Member } from "./population.ts";
import { SlowSocket } from "./slow-socket.ts";

interface Options {
  readonly url: string;
  readonly member: Member;
  readonly channel: ChannelId;
  readonly bytesPerSecond: number;
}

type WithoutRef<Of> = Of extends unknown ? Omit<Of, "ref"> : never;

const comeBackMs = 200;

/** Somebody on a very slow line, who does what PROTOCOL.md asks of them: answers `lagged`, comes back when closed, and asks for what lies before the newest page. */
export class SlowReader {
  readonly #options: Options;
  readonly #shown = new Set<Seq>();
  #socket: SlowSocket;
  #bytesPerSecond: number;
  readonly #cursor = new Cursor(0);
  #epoch = "";
  #ref = 0;
  #newest: Seq = 0;
  #oldest: Seq = 0;
  #isOrdered = true;
  #isLeaving = false;
  lags = 0;
  closes = 0;

  constructor(options: Options) {
    this.#options = options;
    this.#bytesPerSecond = options.bytesPerSecond;
    this.#socket = this.#open();
  }

  /** Asks for so much at once that the line is full from the beginning. */
  fill(): void {
    const { channel } = this.#options;
    for (let count = 0; count < limits.inFlightMax / 2; count++) {
      this.#say({ op: "history", channel, before: 0, limit: limits.pageRowsMax });
    }
  }

  /** From now on the line is as fast as everybody's. */
  hurry(): void {
    this.#bytesPerSecond = Number.MAX_SAFE_INTEGER;
  }

  /** Whether all of these are shown, and each was shown behind those before it; asks for the pages that are missing for that. */
  hasAll(seqs: ReadonlySet<Seq>): boolean {
    if (this.#cursor.at < Math.max(...seqs)) return false;
    const missing = [...seqs].filter((seq) => !this.#shown.has(seq));
    if (missing.length === 0) return this.#isOrdered;
    const { channel } = this.#options;
    this.#say({ op: "history", channel, before: this.#oldest, limit: limits.pageRowsMax });
    return false;
  }

  leave(): void {
    this.#isLeaving = true;
    this.#socket.end();
  }

  #open(): SlowSocket {
    const { url, member } = this.#options;
    const socket = SlowSocket.open({
      url,
      bytesPerSecond: () => this.#bytesPerSecond,
      heard: (answer) => this.#hear(answer),
      closed: () => void this.#comeBack(),
    });
    const hello = { op: "hello", token: member.token, epoch: this.#epoch, streams: this.#held() };
    socket.send({ ...hello, ref: ++this.#ref } as Command);
    return socket;
  }

  #held(): { stream: StreamId; cursor: Seq }[] {
    const { member, channel } = this.#options;
    return [
      { stream: member.id, cursor: 0 },
      { stream: channel, cursor: this.#cursor.at },
    ];
  }

  async #comeBack(): Promise<void> {
    if (this.#isLeaving) return;
    this.closes++;
    await pause(comeBackMs);
    this.#cursor.forgetEarly();
    this.#socket = this.#open();
  }

  #say(command: WithoutRef<Command>): void {
    this.#socket.send({ ...command, ref: ++this.#ref });
  }

  #hear(answer: Answer): void {
    const { channel } = this.#options;
    if (answer.op === "welcome") this.#epoch = answer.epoch;
    else if (answer.op === "page") this.#show(answer.rows, answer.since);
    else if (answer.op === "reset" && answer.stream === channel) {
      this.#newest = answer.through;
      this.#oldest = answer.since;
      this.#show(answer.rows, answer.since);
      this.#tell(this.#cursor.reset(answer.through));
    } else if (answer.op === "interval" && answer.stream === channel) {
      this.#tell(this.#cursor.take(answer));
    } else if (answer.op === "lagged") {
      this.lags++;
      this.#say({ op: "resume", epoch: this.#epoch, streams: this.#held() });
    }
  }

  /** What comes live stands behind all that was shown. */
  #tell(rows: ReturnType<Cursor["take"]>): void {
    for (const { entity } of rows) {
      this.#isOrdered &&= entity > this.#newest;
      this.#newest = entity;
      this.#shown.add(entity);
    }
  }

  #show(rows: Parameters<typeof birthsIn>[0]["rows"], since: Seq): void {
    if (this.#oldest === 0 || since < this.#oldest) this.#oldest = since;
    for (const { entity } of birthsIn({ rows })) this.#shown.add(entity);
  }
}
