import type { CommandOf } from "#wire/command.ts";
import type { EventOf } from "#wire/event.ts";
import type { ChannelId, Seq, StreamId, UserId } from "#wire/ids.ts";
import type { Pointer, Row, RowOf } from "#wire/row.ts";
import type { Reader } from "../reader.ts";
import type { MemoryStore } from "./memory-store.ts";
import type { World } from "./world.ts";

export type Look = CommandOf<"read">["pointers"][number];

/** What somebody was told is stored, on whichever of their devices. */
export interface Told {
  readonly messages: { readonly channel: ChannelId; readonly seq: Seq }[];
  readonly receipts: Look[];
}

interface Parts {
  readonly world: World;
  readonly store: MemoryStore;
  readonly channels: readonly ChannelId[];
  readonly userId: UserId;
  readonly sessionId: string;
}

/** What one device may hear, and has to hold once it is told that it has caught up. */
export class DeviceClaims {
  readonly #parts: Parts;
  readonly #reader: Reader;
  /** What its user had been told when it came back, and how often they had been in each channel. */
  #due: Told & { readonly stays: readonly number[] } = { messages: [], receipts: [], stays: [] };

  constructor(parts: Parts, reader: Reader) {
    this.#parts = parts;
    this.#reader = reader;
  }

  /** It comes back now, and by `caughtUp` has what its user was told by now. */
  begin({ messages, receipts }: Told): void {
    this.#due = { messages: [...messages], receipts: [...receipts], stays: this.#stays() };
  }

  /** How often its user has been in each channel; -1 where they are not in it. */
  #stays(): number[] {
    const { store, channels, userId } = this.#parts;
    return channels.map((channel) =>
      store.leftAt(userId, channel) === undefined ? store.staysOf(userId, channel).length : -1,
    );
  }

  /** Nobody hears of what is not stored, and own pointers never go back. */
  heard({ stream, rows }: EventOf<"interval">): void {
    for (const row of rows) {
      if (row.kind === "pointer") this.#witnessPointer(row);
      if (!this.#isStored(stream, row))
        this.#blame(`heard of the ${row.kind} ${row.entity} in ${stream}`);
    }
  }

  #witnessPointer({ entity, version, body }: RowOf<"pointer">): void {
    const held = this.#reader.row(this.#parts.userId, "pointer", entity);
    if (!held?.body || !body || version <= held.version || isPast(held.body, body)) return;
    this.#parts.world.blame(`${this.#parts.sessionId} saw the pointer ${entity} go back`);
  }

  #isStored(stream: StreamId, row: Row): boolean {
    const { store } = this.#parts;
    if (row.kind === "message") {
      const stored = store.message(stream as ChannelId, row.entity)?.draft;
      return row.body?.clientMessageId === stored?.clientMessageId;
    }
    if (row.kind !== "pointer") return row.version <= (store.readHeads([stream]).get(stream) ?? 0);
    return this.#isPastOf(this.#parts.userId, row.entity as ChannelId, row.body);
  }

  /** Whether somebody can have been so far; who has left since may have been anywhere. */
  #isPastOf(userId: UserId, channel: ChannelId, once: Reached | null): boolean {
    const now = this.#parts.store.pointerOf(userId, channel);
    return !now || !once || isPast(once, now);
  }

  /** What others read. */
  heardOf(channel: ChannelId, pointers: EventOf<"pointers">["pointers"]): void {
    for (const pointer of pointers) {
      if (this.#isPastOf(pointer.user, channel, pointer)) continue;
      this.#blame(`heard of what ${pointer.user} read in ${channel}`);
    }
  }

  /** Who comes back finds what they did, unless they left the channel meanwhile. */
  caughtUp(
    pointerOf: (channel: ChannelId) => Pointer | undefined,
    lacking: ReadonlySet<ChannelId>,
  ): void {
    const { world, channels, sessionId } = this.#parts;
    const stays = this.#stays();
    const isSame = (channel: ChannelId): boolean => {
      const at = channels.indexOf(channel);
      return !lacking.has(channel) && stays[at]! >= 0 && stays[at] === this.#due.stays[at];
    };
    for (const { channel, seq } of this.#due.messages) {
      const isHeld =
        this.#reader.row(channel, "message", seq) || seq < this.#reader.sinceOf(channel);
      if (isHeld || !isSame(channel)) continue;
      world.blame(`${sessionId} came back without its user's ${seq} in ${channel}`);
    }
    for (const { channel, ...receipt } of this.#due.receipts) {
      const pointer = pointerOf(channel);
      if (!pointer || isPast(receipt, pointer) || !isSame(channel)) continue;
      world.blame(`${sessionId} came back without what its user read in ${channel}`);
    }
  }

  #blame(what: string): void {
    this.#parts.world.blame(`${this.#parts.sessionId} ${what}, which is not stored`);
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
