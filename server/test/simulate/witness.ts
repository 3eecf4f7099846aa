import { decodeAnswers } from "#wire/codec.ts";
import type { Answer } from "#wire/event.ts";
import type { ChannelId, Seq, StreamId, UserId } from "#wire/ids.ts";
import type { Announcement } from "../../fanout/announcement.ts";
import { isRemoval } from "../../fanout/cut.ts";
import type { Session } from "../../session/session.ts";
import type { Removal } from "./memory-groups.ts";
import type { MemoryStore } from "./memory-store.ts";
import type { World } from "./world.ts";

/** What an answer tells of a channel, and as of which number of it. */
interface Told {
  readonly stream: StreamId;
  readonly through: Seq;
}

/** Stands where a worker's frames leave, and knows what the store holds in that moment: nobody is told what they may not know. */
export class Witness {
  readonly #world: World;
  readonly #store: MemoryStore;
  /** The newest removal of each member of each channel that the worker was told of. */
  readonly #removals = new Map<string, Seq>();
  /** How often its user had been in each channel when it was greeted, for each in which they were not then. */
  readonly #strangers = new Map<Session, ReadonlyMap<StreamId, number>>();

  constructor(world: World, store: MemoryStore) {
    this.#world = world;
    this.#store = store;
  }

  /** The worker delivers a removal. */
  removing({ stream, frame }: Announcement): void {
    for (const answer of decodeAnswers(frame)) {
      if (answer.op !== "interval") continue;
      for (const { entity, version } of answer.rows.filter(isRemoval)) {
        this.removed({ userId: entity as UserId, channelId: stream as ChannelId, seq: version });
      }
    }
  }

  /** The worker knows of a removal. */
  removed({ userId, channelId, seq }: Removal): void {
    const key = keyOf(userId, channelId);
    this.#removals.set(key, Math.max(this.#removals.get(key) ?? 0, seq));
  }

  /** Something goes to a topic of that stream, on which the socket stands. */
  published(session: Session, stream: StreamId): void {
    const { userId, sessionId } = session.identity!;
    if (session.lag) this.#world.blame(`${sessionId} is lagging, and told of ${stream}`);
    if (stream === userId) return;
    const channelId = stream as ChannelId;
    const left = this.#store.leftAt(userId, channelId);
    if (left === undefined || left > (this.#removals.get(keyOf(userId, channelId)) ?? 0)) return;
    this.#world.blame(`${sessionId} stands on a topic of ${channelId} behind its removal`);
  }

  /** Something goes to that socket. */
  said(session: Session, answer: Answer): void {
    if (answer.op === "welcome") return this.#greeted(session);
    const told = toldBy(answer);
    if (!told || !session.identity || told.stream === session.identity.userId) return;
    const { userId, sessionId } = session.identity;
    const channelId = told.stream as ChannelId;
    const left = this.#store.leftAt(userId, channelId);
    if (left === undefined) return;
    if (told.through >= left) {
      this.#world.blame(
        `${sessionId} is told of ${channelId} to ${told.through}, and left at ${left}`,
      );
    }
    const stays = this.#strangers.get(session)?.get(channelId);
    if (stays === this.#store.staysOf(userId, channelId).length) {
      this.#world.blame(
        `${sessionId} is told of ${channelId}, and has not been in it since it came`,
      );
    }
  }

  #greeted(session: Session): void {
    const { userId } = session.identity!;
    const strange = this.#store
      .channelsWithout(userId)
      .map((id) => [id, this.#store.staysOf(userId, id).length] as const);
    this.#strangers.set(session, new Map(strange));
  }
}

const keyOf = (userId: UserId, channelId: ChannelId): string => `${userId} ${channelId}`;

function toldBy(answer: Answer): Told | undefined {
  if (answer.op === "interval" || answer.op === "reset") return answer;
  if (answer.op === "summary") return { stream: answer.channel, through: answer.asOf };
  // Without a number: of a time at which they may have known it.
  if (answer.op === "pointers") return { stream: answer.channel, through: 0 };
  return undefined;
}
