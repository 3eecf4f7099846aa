import { Cursor } from "../../load/cursor.ts";
import { LoadSocket } from "../../load/load-socket.ts";
import type { Member } from "../../load/population.ts";
import type { Event } from "#wire/event.ts";
import type { ChannelId, StreamId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import { numberOf } from "./body.ts";
import type { PeerSocket } from "./peer-socket.ts";

interface ParleyEntry {
  readonly url: string;
  readonly member: Member;
  readonly channel: ChannelId;
  heard(number: number): void;
}

interface Draft {
  readonly body: string;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** A socket of Parley's whose messages are durable: a reply means committed, and who comes back names their cursors. */
export class ParleySocket implements PeerSocket {
  readonly #entry: ParleyEntry;
  readonly #cursors = new Map<StreamId, Cursor>();
  readonly #waiting: Draft[] = [];
  #socket: LoadSocket | undefined;
  #epoch = "";
  #isSaying = false;

  private constructor(entry: ParleyEntry) {
    this.#entry = entry;
    this.#cursors.set(entry.member.id, new Cursor(0));
  }

  static async enter(entry: ParleyEntry): Promise<ParleySocket> {
    const socket = new ParleySocket(entry);
    await socket.comeBack();
    return socket;
  }

  async comeBack(): Promise<void> {
    const cursors = [...this.#cursors].map(([stream, { at }]) => ({ stream, cursor: at }));
    for (const cursor of this.#cursors.values()) cursor.forgetEarly();
    const { url, member } = this.#entry;
    this.#socket = await LoadSocket.open({
      url,
      token: member.token,
      epoch: this.#epoch,
      cursors,
      heard: (event) => this.#hear(event),
    });
    this.#epoch = this.#socket.epoch;
  }

  /** One `send` at a time, as the protocol has it; what comes meanwhile goes with the next. */
  say(body: string): Promise<void> {
    const said = new Promise<void>((resolve, reject) =>
      this.#waiting.push({ body, resolve, reject }),
    );
    if (!this.#isSaying) void this.#sayAll();
    return said;
  }

  reset(): void {
    this.#socket!.reset();
  }

  leave(): Promise<void> {
    return this.#socket!.leave();
  }

  async #sayAll(): Promise<void> {
    this.#isSaying = true;
    while (this.#waiting.length > 0)
      await this.#send(this.#waiting.splice(0, limits.draftsPerSendMax));
    this.#isSaying = false;
  }

  async #send(drafts: readonly Draft[]): Promise<void> {
    try {
      const { fates } = await this.#socket!.gets("sent", {
        op: "send",
        channel: this.#entry.channel,
        drafts: drafts.map(({ body }) => ({
          clientMessageId: Bun.randomUUIDv7(),
          body,
          rootSeq: null,
        })),
      });
      for (const [index, { code }] of fates.entries()) {
        if (code === null) drafts[index]!.resolve();
        else drafts[index]!.reject(new Error(`refused by ${code}`));
      }
    } catch (error) {
      for (const { reject } of drafts) reject(error as Error);
    }
  }

  #hear(event: Event): void {
    if (event.op === "summary" && !this.#cursors.has(event.channel)) {
      this.#cursors.set(event.channel, new Cursor(event.asOf));
    } else if (event.op === "interval") {
      const shown = this.#cursors.get(event.stream)?.take(event) ?? [];
      if (event.stream !== this.#entry.channel) return;
      for (const { body } of shown) this.#entry.heard(numberOf(body!.body));
    }
  }
}
