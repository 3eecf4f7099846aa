import type { ChannelId, UserId } from "#wire/ids.ts";
import { log } from "../observe/log.ts";
import type { Told } from "./feed.ts";
import type { PresenceState } from "./registry.ts";

export interface OnlineCountsParts {
  /** The members of a channel, at most so many. */
  readMembers(channel: ChannelId, countMax?: number): Promise<readonly UserId[]>;
  /** Of these, who is here on any worker. */
  here(users: readonly UserId[]): Promise<ReadonlyMap<UserId, PresenceState>>;
  /** From now on everybody's coming and going is heard; and no longer. */
  listen(): Promise<void>;
  unlisten(): void;
  /** To this worker's sockets that have the channel open. */
  tell(channel: ChannelId, online: number): void;
  /** Milliseconds, of a clock that only goes forward. */
  now(): number;
}

export const onlineCountLimits = {
  /** Channels of up to so many members get no count: their members are listed. */
  membersMin: 101,
  /** Who joined or left is counted right after so long at most. */
  membersMs: 30_000,
  /** People that are asked for at once. */
  peoplePerQuestionMax: 5_000,
} as const;

/** A channel that sockets of this worker have open. */
interface Looked {
  lookers: number;
  /** When its members were read last; undefined before the first time. */
  readAtMs: number | undefined;
  /** Undefined in a small one. */
  members: ReadonlySet<UserId> | undefined;
  readonly online: Set<UserId>;
  /** Those of whom something was heard while it is asked who is here: that is later than the answer. */
  heard: Set<UserId> | undefined;
  isListening: boolean;
  /** What was told last. */
  told: number | undefined;
  reading: Promise<void> | undefined;
}

/** How many members of large channels are online, kept by what is heard of everybody, for as long as somebody looks. */
export class OnlineCounts {
  readonly #parts: OnlineCountsParts;
  readonly #looked = new Map<ChannelId, Looked>();
  #listeners = 0;
  #listening = Promise.resolve();

  constructor(parts: OnlineCountsParts) {
    this.#parts = parts;
  }

  /** One socket more has it open. Resolves to its count when that is known; undefined where it has none, or it could not be counted yet. Never rejects. */
  async look(channel: ChannelId): Promise<number | undefined> {
    let looked = this.#looked.get(channel);
    if (!looked) this.#looked.set(channel, (looked = begin()));
    looked.lookers++;
    if (looked.readAtMs === undefined) await this.#read(channel, looked);
    if (!looked.members) return undefined;
    // Who looked before is told what has changed since.
    looked.told ??= looked.online.size;
    return looked.online.size;
  }

  /** One socket fewer has it open. */
  unlook(channel: ChannelId): void {
    const looked = this.#looked.get(channel);
    if (!looked || --looked.lookers > 0) return;
    this.#looked.delete(channel);
    if (!looked.reading) this.#unlisten(looked);
  }

  heard(people: readonly Told[]): void {
    for (const { members, online, heard } of this.#looked.values()) {
      if (!members) continue;
      for (const { user, online: isOnline } of people) {
        if (!members.has(user)) continue;
        heard?.add(user);
        if (isOnline) online.add(user);
        else online.delete(user);
      }
    }
  }

  /** What was heard may be wrong: everything is counted anew. */
  doubt(): void {
    for (const looked of this.#looked.values()) {
      if (looked.readAtMs !== undefined) looked.readAtMs = Number.NEGATIVE_INFINITY;
    }
  }

  /** Tells what has changed, and reads anew what is old. To be called once a second. */
  tick(): void {
    const oldMs = this.#parts.now() - onlineCountLimits.membersMs;
    for (const [channel, looked] of this.#looked) {
      const { members, online, told, readAtMs } = looked;
      if (members && online.size !== told) {
        looked.told = online.size;
        this.#parts.tell(channel, online.size);
      }
      if (readAtMs !== undefined && readAtMs <= oldMs) void this.#read(channel, looked);
    }
  }

  /** Never rejects: what fails is tried again when it is old, or looked at anew. */
  #read(channel: ChannelId, looked: Looked): Promise<void> {
    looked.reading ??= this.#count(channel, looked)
      .catch((error: unknown) => {
        log.warn("who is online in a channel could not be counted", { channel, error });
      })
      .finally(() => {
        looked.readAtMs = this.#parts.now();
        looked.reading = looked.heard = undefined;
        if (looked.lookers === 0) this.#unlisten(looked);
      });
    return looked.reading;
  }

  async #count(channel: ChannelId, looked: Looked): Promise<void> {
    const parts = this.#parts;
    const { membersMin, peoplePerQuestionMax } = onlineCountLimits;
    if ((await parts.readMembers(channel, membersMin)).length < membersMin) {
      looked.members = undefined;
      return this.#unlisten(looked);
    }
    await this.#listen(looked);
    const all = await parts.readMembers(channel);
    const { online } = looked;
    const members = (looked.members = new Set(all));
    const heard = (looked.heard = new Set());
    for (let at = 0; at < all.length; at += peoplePerQuestionMax) {
      const asked = all.slice(at, at + peoplePerQuestionMax);
      const found = await parts.here(asked);
      for (const user of asked) {
        if (heard.has(user)) continue;
        if (found.has(user)) online.add(user);
        else online.delete(user);
      }
    }
    for (const user of online) if (!members.has(user)) online.delete(user);
  }

  async #listen(looked: Looked): Promise<void> {
    if (!looked.isListening && this.#listeners++ === 0) this.#listening = this.#parts.listen();
    looked.isListening = true;
    await this.#listening;
  }

  #unlisten(looked: Looked): void {
    if (!looked.isListening) return;
    looked.isListening = false;
    if (--this.#listeners === 0) this.#parts.unlisten();
  }
}

const begin = (): Looked => ({
  lookers: 0,
  readAtMs: undefined,
  members: undefined,
  online: new Set(),
  heard: undefined,
  isListening: false,
  told: undefined,
  reading: undefined,
});
