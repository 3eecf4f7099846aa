import { LoadSocket } from "../../load/load-socket.ts";
import type { Member } from "../../load/population.ts";
import type { Event } from "#wire/event.ts";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { numberOf } from "./body.ts";
import type { PeerSocket } from "./peer-socket.ts";
import { Unheard } from "./unheard.ts";

/** What each has said by typing: such an event carries no text, so the n-th of somebody stands for the n-th number that they said. */
export type Said = Map<UserId, number[]>;

interface TypingEntry {
  readonly url: string;
  readonly member: Member;
  readonly channel: ChannelId;
  readonly said: Said;
  heard(number: number): void;
}

interface Heard {
  times: number;
  isTyping: boolean;
}

/** A socket of Parley's that says what is ephemeral, and not stored: in turn that somebody writes, and that they do no longer. */
export class TypingSocket implements PeerSocket {
  readonly #entry: TypingEntry;
  readonly #heard = new Map<UserId, Heard>();
  readonly #unheard = new Unheard();
  #socket: LoadSocket | undefined;
  #isTyping = false;

  private constructor(entry: TypingEntry) {
    this.#entry = entry;
    entry.said.set(entry.member.id, []);
  }

  static async enter(entry: TypingEntry): Promise<TypingSocket> {
    const socket = new TypingSocket(entry);
    await socket.comeBack();
    return socket;
  }

  async comeBack(): Promise<void> {
    const { url, member, channel } = this.#entry;
    this.#socket = await LoadSocket.open({
      url,
      token: member.token,
      heard: (event) => this.#hear(event),
    });
    const { epoch } = this.#socket;
    await this.#socket.gets("opened", { op: "open", channel, epoch, cursor: 0 });
  }

  async say(body: string): Promise<void> {
    const number = numberOf(body);
    this.#entry.said.get(this.#entry.member.id)!.push(number);
    const heard = this.#unheard.add(number);
    await this.#type(!this.#isTyping);
    await heard;
  }

  /** Else the server would say a while later that this is over. */
  async rest(): Promise<void> {
    if (this.#isTyping) await this.#type(false);
  }

  reset(): void {
    this.#socket!.reset();
  }

  leave(): Promise<void> {
    return this.#socket!.leave();
  }

  async #type(typing: boolean): Promise<void> {
    this.#isTyping = typing;
    await this.#socket!.gets("done", { op: "typing", channel: this.#entry.channel, typing });
  }

  /** One that is lost or doubled puts what follows out of step: it is not counted, and the run is wrong. */
  #hear(event: Event): void {
    if (event.op !== "typingChanged") return;
    const { user, typing } = event;
    const heard = this.#heard.get(user) ?? { times: 0, isTyping: false };
    this.#heard.set(user, heard);
    if (typing === heard.isTyping) return;

    heard.isTyping = typing;
    const number = this.#entry.said.get(user)?.[heard.times];
    if (number === undefined) return; // Somebody rests.
    heard.times++;
    this.#entry.heard(number);
    this.#unheard.heard(number);
  }
}
