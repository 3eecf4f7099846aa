import { encodeAnswer, encodeCommand } from "#wire/codec.ts";
import type { Refusal } from "#wire/codes.ts";
import type { Command } from "#wire/command.ts";
import type { Answer, Interval } from "#wire/event.ts";
import type { Seq, StreamId, UserId } from "#wire/ids.ts";
import { announceCommit } from "../../chat/announce-commit.ts";
import { createDispatch } from "../../chat/commands.ts";
import { followOwn, removeMembers, revokeMembership } from "../../chat/join.ts";
import { leave, leaveTopics } from "../../chat/leave.ts";
import { announceChange } from "../../chat/manage-group.ts";
import type { ChatParts } from "../../chat/parts.ts";
import { PointerFlush, type PointerFlushParts } from "../../chat/pointer-flush.ts";
import { TypingBook } from "../../chat/typing-book.ts";
import { cutIntervals } from "../../fanout/cut.ts";
import { Delivery, type DeliveryParts } from "../../fanout/deliver.ts";
import { decodeHeads, Heads } from "../../fanout/heads.ts";
import { Peers } from "../../fanout/peers.ts";
import { Relay } from "../../fanout/relay.ts";
import { durableTopic, headsTopic, isDurable, liveTopic, peersTopic } from "../../fanout/topic.ts";
import { Backpressure, type BackpressureParts } from "../../session/backpressure.ts";
import { Pace } from "../../session/pace.ts";
import { Receiver } from "../../session/receive.ts";
import { type Identity, Session } from "../../session/session.ts";
import { Sessions } from "../../session/sessions.ts";
import { type BatchParts, MessageBatch } from "../../store/batch.ts";
import type { GroupChange } from "../../store/group.ts";
import type { HostileBus, HostileHub } from "./hostile-bus.ts";
import { HostileStore } from "./hostile-store.ts";
import { memoryReads } from "./memory-reads.ts";
import { MemoryStore } from "./memory-store.ts";
import { SimulatedSocket } from "./simulated-socket.ts";
import { Witness } from "./witness.ts";
import { Life, type World } from "./world.ts";

/** The parts that a guarantee rests on: a test swaps one for one that breaks it. */
export interface Cast {
  createStore(now: () => number): MemoryStore;
  createBatch(parts: BatchParts): Pick<MessageBatch, "add">;
  createPointers(parts: PointerFlushParts): PointerFlush;
  createDelivery(parts: DeliveryParts): Delivery;
  createBackpressure(parts: BackpressureParts): Backpressure;
  /** What the commands are handed. */
  equip(chat: ChatParts): ChatParts;
  /** Perhaps the user's pointers moved, and nobody was told. */
  suspectOwn(heads: Heads, userId: UserId): void;
  tellHeads(heads: Heads): Promise<void>;
  removeMembers: typeof removeMembers;
  revokeMembership: typeof revokeMembership;
  followOwn: typeof followOwn;
}

export const sound: Cast = {
  createStore: (now) => new MemoryStore(now),
  createBatch: (parts) => new MessageBatch(parts),
  createPointers: (parts) => new PointerFlush(parts),
  createDelivery: (parts) => new Delivery(parts),
  createBackpressure: (parts) => new Backpressure(parts),
  equip: (chat) => chat,
  suspectOwn: (heads, userId) => heads.suspect(userId, "unknown_outcome"),
  tellHeads: (heads) => heads.tell(),
  removeMembers,
  revokeMembership,
  followOwn,
};

/** So few rows of one read that a long hole takes several, and that whoever was away for long begins anew. */
const rowsPerRead = { healing: 5, own: 3, channel: 25 } as const;

/** As in `worker.ts` and `auth/revocations.ts`. */
const everyMs = { tick: 1_000, sweep: 250, revocations: 500 } as const;

export const epoch = "one";

/** What `worker.ts` puts together to carry messages, between a bus, a store and sockets that are simulated. */
export class SimulatedWorker {
  readonly #world: World;
  readonly #cast: Cast;
  readonly #life: Life;
  readonly #memory: MemoryStore;
  readonly #store: HostileStore;
  readonly #witness: Witness;
  readonly #topics = new Map<string, Set<SimulatedSocket>>();
  readonly #sockets = new Map<SimulatedSocket, Session>();
  readonly #heads: Heads;
  readonly #peers: Peers;
  readonly #backpressure: Backpressure;
  readonly #chat: ChatParts;
  readonly #dispatch: ReturnType<typeof createDispatch>;
  readonly #pace: Pace;
  #removalsSeen: number;
  readonly bus: HostileBus;

  constructor(
    world: World,
    hub: HostileHub,
    store: MemoryStore,
    cast: Cast,
    committed: () => void,
  ) {
    this.#world = world;
    this.#cast = cast;
    this.#memory = store;
    this.#removalsSeen = store.removals.length;
    this.#witness = new Witness(world, store);
    this.#life = new Life(world);
    const life = this.#life;
    this.#store = new HostileStore({ world, life, store, committed });
    const readHeads = (streams: readonly StreamId[]) =>
      this.#store.read((found) => found.readHeads(streams));
    const readIntervals = (stream: StreamId, from: Seq) => this.#readIntervals(stream, from);
    const bus = hub.connect(life, {
      receive: (topic, bytes) => this.#receive(topic, bytes),
      changed: () => void delivery.compare(),
    });
    this.bus = bus;
    const sessions = new Sessions();
    const delivery = cast.createDelivery({
      bus,
      publish: (stream, frame) => this.#publish(durableTopic(stream), frame),
      readHeads,
      readIntervals,
      removing: (announcement) => {
        this.#witness.removing(announcement);
        cast.removeMembers(this.#chat, announcement);
      },
      personalDelivered: (announcement) => cast.followOwn(this.#chat, announcement),
      after: life.after,
    });
    const heads = new Heads({ bus, readHeads, now: life.now });
    this.#heads = heads;
    this.#peers = new Peers({
      bus,
      lost: () => void delivery.compare(),
      place: "here",
      sockets: () => this.#sockets.size,
      now: life.now,
    });
    this.#backpressure = cast.createBackpressure({
      sessions,
      leaveTopics: (session) => leaveTopics(this.#chat, session),
      now: life.now,
      soon: (call) => void life.after(0, call),
    });
    const batch = cast.createBatch({
      insert: (drafts, sends) => this.#store.insert(drafts, sends),
      announce: (commit) => announceCommit(delivery, heads, commit),
      suspect: (channelId, why) => heads.suspect(channelId, why),
      now: life.now,
      pause: life.pause,
    });
    const publishLive: ChatParts["publishLive"] = (topic, event) => {
      bus.publish(topic, encodeAnswer(event)).catch(() => undefined);
    };
    const pointers = cast.createPointers({
      move: (moves) =>
        this.#store.movePointers(moves).catch((error: unknown) => {
          for (const { userId } of moves) cast.suspectOwn(heads, userId);
          throw error;
        }),
      announce: (interval) => {
        heads.wrote(interval.stream, interval.through);
        void delivery.announce(interval);
      },
      tellOthers: (channel, moved) =>
        publishLive(liveTopic(channel), { op: "pointers", channel, pointers: moved }),
      after: life.after,
    });
    const { now, after } = life;
    const greeted = async (token: string) => ({ ...identityOf(token), expiresAtMs: Infinity });
    this.#chat = cast.equip({
      verify: greeted,
      enter: greeted,
      sql: nothingElse,
      writing: nothingElse,
      reads: memoryReads((look) => this.#store.read(look), rowsPerRead),
      batch: batch as MessageBatch,
      delivery,
      heads,
      relay: new Relay(bus),
      sessions,
      pointers,
      typing: new TypingBook({ changed: () => undefined, now, after }),
      version: "simulated",
      epoch: () => epoch,
      publishLive,
      presence: nothingElse,
      onlineCounts: { look: async () => undefined, unlook: () => undefined },
      readMemberOf: (userId, channels) =>
        this.#store.read((found) => found.readMemberOf(userId, channels)),
      readIntervals,
      now,
    });
    this.#dispatch = createDispatch(this.#chat);
    this.#pace = new Pace({ messagesPerSecond: 1_000, commandsPerSecond: 1_000 }, now);
  }

  async start(): Promise<void> {
    await this.bus.subscribe([headsTopic, peersTopic]);
    this.#every(everyMs.tick, () => this.#tick());
    this.#every(everyMs.sweep, () => this.#backpressure.look());
    void this.#watchRemovals();
  }

  #every(ms: number, call: () => void): void {
    this.#life.after(ms, () => {
      call();
      this.#every(ms, call);
    });
  }

  /** What `worker.ts` does now and then without a reason. */
  compare(): void {
    void this.#chat.delivery.compare();
  }

  /** Gone from one moment to the next, with all that it had not stored and not told. */
  die(): void {
    this.#life.isOver = true;
    void this.bus.close();
    for (const socket of this.#sockets.keys()) socket.close();
  }

  /** A socket for somebody who says hello on it. */
  connect(heard: (answer: Answer) => void, closed: () => void): Line {
    const socket = new SimulatedSocket(this.#world, {
      topics: this.#topics,
      said: (answer) => this.#witness.said(session, answer),
      heard,
      drained: () => this.#backpressure.drained(session),
      closed: (reason) => {
        if (reason) this.#world.tell(`${session.identity?.sessionId} was closed: ${reason}`);
        this.#sockets.delete(socket);
        session.ended();
        leave(this.#chat, session);
        closed();
      },
    });
    const { now } = this.#life;
    const session = new Session(socket, {
      encoding: "binary",
      nowMs: now(),
      topicOf: (topic) => topic,
    });
    const receiver = new Receiver(session, this.#dispatch, this.#pace, now);
    this.#sockets.set(socket, session);
    this.#chat.sessions.add(session);
    return {
      socket,
      say: (command) => socket.carry(() => receiver.receive(encodeCommand(command))),
    };
  }

  /** As the commands that change a group; rejects where nobody knows whether it did. */
  changeGroup(
    concerned: readonly StreamId[],
    change: (store: MemoryStore) => GroupChange | Refusal,
  ): Promise<GroupChange | Refusal> {
    return announceChange(this.#chat, concerned, this.#store.changeGroup(change));
  }

  #receive(topic: string, bytes: Uint8Array): void {
    const { delivery } = this.#chat;
    if (topic === peersTopic) this.#peers.heard(bytes);
    else if (topic === headsTopic) {
      for (const [stream, head] of decodeHeads(bytes)) delivery.headSeen(stream, head);
    } else if (isDurable(topic)) delivery.receive(bytes);
    else this.#publish(topic, bytes);
  }

  #publish(topic: string, frame: Uint8Array): void {
    this.#backpressure.published(frame.length * this.#world.byteWeight);
    const stream = streamOf(topic);
    for (const socket of this.#topics.get(topic) ?? []) {
      this.#witness.published(this.#sockets.get(socket)!, stream);
      socket.send(frame);
    }
  }

  #tick(): void {
    void this.#cast.tellHeads(this.#heads);
    void this.#peers.tell();
    if (!this.bus.isHealthy) void this.#chat.delivery.compare();
  }

  /** As `watchRevocations`. */
  async #watchRemovals(): Promise<void> {
    for (let seen = this.#removalsSeen; ;) {
      await this.#life.pause(everyMs.revocations);
      if (seen === this.#memory.removals.length) continue;
      const found = await this.#store.read(({ removals }) => removals.slice(seen)).catch(() => []);
      for (const removal of found) {
        this.#cast.revokeMembership(this.#chat, removal);
        this.#witness.removed(removal);
      }
      seen += found.length;
    }
  }

  async #readIntervals(
    stream: StreamId,
    from: Seq,
  ): Promise<{ intervals: Interval[]; more: boolean }> {
    const { healing } = rowsPerRead;
    const found = await this.#store.read((store) => store.readStream(stream, from, healing));
    if (!found) return { intervals: [], more: false };
    return { intervals: cutIntervals(stream, from, found.through, found.rows), more: found.cut };
  }
}

/** A client's end of a socket. */
export interface Line {
  readonly socket: SimulatedSocket;
  say(command: Command): void;
}

/** A token says whose device it is: `12.1` is the first one of 12. */
export function identityOf(token: string): Identity {
  const userId = Number(token.split(".")[0]) as UserId;
  return { userId, name: `user ${userId}`, sessionId: `session ${token}` };
}

/** The stream of which a topic tells. */
const streamOf = (topic: string): StreamId => Number(topic.split(":")[1]) as StreamId;

/** Nobody asks for it. */
const nothingElse = undefined as never;
