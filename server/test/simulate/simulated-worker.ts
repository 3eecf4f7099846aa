import { encodeAnswer } from "#wire/codec.ts";
import type { CommandOf } from "#wire/command.ts";
import type { Answer, Interval } from "#wire/event.ts";
import type { ChannelId, Seq, StreamId, UserId } from "#wire/ids.ts";
import { announceCommit } from "../../chat/announce-commit.ts";
import { subscribeDurable, unsubscribeDurable } from "../../chat/barrier.ts";
import { markRead } from "../../chat/mark-read.ts";
import type { ChatParts } from "../../chat/parts.ts";
import { PointerFlush, type PointerFlushParts } from "../../chat/pointer-flush.ts";
import { sendMessage } from "../../chat/send-message.ts";
import { cutIntervals } from "../../fanout/cut.ts";
import { Delivery } from "../../fanout/deliver.ts";
import { decodeHeads, Heads } from "../../fanout/heads.ts";
import { Peers } from "../../fanout/peers.ts";
import { durableTopic, headsTopic, isDurable, liveTopic, peersTopic } from "../../fanout/topic.ts";
import { type Identity, Session } from "../../session/session.ts";
import { type BatchParts, MessageBatch } from "../../store/batch.ts";
import type { HostileBus, HostileHub } from "./hostile-bus.ts";
import { HostileStore } from "./hostile-store.ts";
import { MemoryStore } from "./memory-store.ts";
import { SimulatedSocket } from "./simulated-socket.ts";
import { Life, type World } from "./world.ts";

/** The parts that a guarantee rests on: a test swaps one for one that breaks it. */
export interface Cast {
  createStore(now: () => number): MemoryStore;
  createBatch(parts: BatchParts): Pick<MessageBatch, "add">;
  createPointers(parts: PointerFlushParts): PointerFlush;
  /** Perhaps the user's pointers moved, and nobody was told. */
  suspectOwn(heads: Heads, userId: UserId): void;
  readIntervals: ChatParts["readIntervals"] | undefined;
  tellHeads(heads: Heads): Promise<void>;
  subscribe: typeof subscribeDurable;
  /** All that is missed is sent, and then said to be. */
  answerHello(sendMissed: () => Promise<void>, sayCaughtUp: () => void): Promise<void>;
}

export const sound: Cast = {
  createStore: (now) => new MemoryStore(now),
  createBatch: (parts) => new MessageBatch(parts),
  createPointers: (parts) => new PointerFlush(parts),
  suspectOwn: (heads, userId) => heads.suspect(userId, "unknown_outcome"),
  readIntervals: undefined,
  tellHeads: (heads) => heads.tell(),
  subscribe: subscribeDurable,
  answerHello: async (sendMissed, sayCaughtUp) => {
    await sendMissed();
    sayCaughtUp();
  },
};

/** So few rows of one read that a long hole takes several. */
const rowsPerRead = 5;

const tickMs = 1_000;

/** The rooms of `worker.ts` that carry messages, between a bus, a store and sockets that are simulated. */
export class SimulatedWorker {
  readonly #world: World;
  readonly #cast: Cast;
  readonly #life: Life;
  readonly #store: HostileStore;
  readonly #topics = new Map<string, Set<SimulatedSocket>>();
  readonly #sockets = new Set<SimulatedSocket>();
  readonly #heads: Heads;
  readonly #peers: Peers;
  readonly #chat: Pick<
    ChatParts,
    "batch" | "delivery" | "pointers" | "readMemberOf" | "readIntervals"
  >;
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
    this.#life = new Life(world);
    const life = this.#life;
    this.#store = new HostileStore({ world, life, store, committed });
    const readHeads = (streams: readonly StreamId[]) =>
      this.#store.read((found) => found.readHeads(streams));
    const readIntervals =
      cast.readIntervals ?? ((stream: StreamId, from: Seq) => this.#readIntervals(stream, from));
    const bus = hub.connect(life, {
      receive: (topic, bytes) => this.#receive(topic, bytes),
      changed: () => void delivery.compare(),
    });
    this.bus = bus;
    const delivery = new Delivery({
      bus,
      publish: (stream, frame) => this.#publish(durableTopic(stream), frame),
      readHeads,
      readIntervals,
      removing: nobodyMoves,
      personalDelivered: nobodyMoves,
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
    const batch = cast.createBatch({
      insert: (drafts, sends) => this.#store.insert(drafts, sends),
      announce: (commit) => announceCommit(delivery, heads, commit),
      suspect: (channelId, why) => heads.suspect(channelId, why),
      now: life.now,
      pause: life.pause,
    });
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
      tellOthers: (channel, moved) => {
        const frame = encodeAnswer({ op: "pointers", channel, pointers: moved });
        bus.publish(liveTopic(channel), frame).catch(() => undefined);
      },
      after: life.after,
    });
    this.#chat = {
      batch: batch as MessageBatch,
      delivery,
      pointers,
      readIntervals,
      readMemberOf: (userId, channels) =>
        this.#store.read((found) => found.readMemberOf(userId, channels)),
    };
  }

  async start(): Promise<void> {
    await this.bus.subscribe([headsTopic, peersTopic]);
    this.#life.after(tickMs, () => this.#tick());
  }

  /** What `worker.ts` does now and then without a reason. */
  compare(): void {
    void this.#chat.delivery.compare();
  }

  /** Gone from one moment to the next, with all that it had not stored and not told. */
  die(): void {
    this.#life.isOver = true;
    void this.bus.close();
    for (const socket of this.#sockets) socket.close();
  }

  /** A socket for somebody who is known; what comes for it is heard until it closes. */
  connect(identity: Identity, heard: (answer: Answer) => void, closed: () => void): Line {
    const socket = new SimulatedSocket(this.#world, {
      topics: this.#topics,
      heard,
      closed: () => {
        this.#left(session, socket);
        closed();
      },
    });
    const session = new Session(socket, {
      encoding: "binary",
      nowMs: this.#life.now(),
      topicOf: (topic) => topic,
    });
    session.identity = identity;
    this.#sockets.add(socket);
    return {
      socket,
      hello: (streams) => socket.carry(() => void this.#hello(session, streams)),
      send: (command) => socket.carry(() => void this.#send(session, command)),
      read: (command) => socket.carry(() => void this.#read(session, command)),
    };
  }

  /** As `hello.ts`: through the barrier, and then all that is missed. Every channel is open: others' pointers are told. */
  async #hello(session: Session, streams: readonly Cursor[]): Promise<void> {
    try {
      await this.#cast.subscribe(
        this.#chat,
        session,
        streams.map(({ stream }) => stream),
      );
      await this.#cast.answerHello(
        () => this.#sendMissed(session, streams),
        () => session.send({ op: "caughtUp" }),
      );
    } catch {
      session.close("behind"); // As `receive.ts` does: it comes back with its cursors.
    }
  }

  async #sendMissed(session: Session, streams: readonly Cursor[]): Promise<void> {
    for (const { stream, cursor } of streams) {
      if (!session.followed.has(stream)) continue; // It is not a member's.
      if (stream !== session.identity!.userId) this.#followLive(session, stream as ChannelId);
      for (let from = cursor, more = true; more;) {
        const missed = await this.#chat.readIntervals(stream, from);
        for (const interval of missed.intervals) session.send({ op: "interval", ...interval });
        more = missed.more;
        from = missed.intervals.at(-1)?.through ?? from;
      }
    }
  }

  async #send(session: Session, command: CommandOf<"send">): Promise<void> {
    const answered = await sendMessage(this.#chat, session, command).reply;
    if ("refused" in answered) this.#world.blame(`a send was refused: ${answered.refused}`);
    else session.send({ ...answered, ref: command.ref });
  }

  async #read(session: Session, command: CommandOf<"read">): Promise<void> {
    const { ref } = command;
    try {
      const answered = await markRead(this.#chat, session, command);
      if ("refused" in answered) this.#world.blame(`a read was refused: ${answered.refused}`);
      else session.send({ ...answered, ref });
    } catch {
      // As `receive.ts` does: nobody knows, and it is sent again.
      session.send({ op: "refusal", ref, code: "unavailable", detail: "", retryAfterMs: 0 });
    }
  }

  #followLive(session: Session, channel: ChannelId): void {
    const topic = liveTopic(channel);
    void this.bus.subscribe([topic]);
    session.subscribe(topic);
  }

  #left(session: Session, socket: SimulatedSocket): void {
    this.#sockets.delete(socket);
    session.ended();
    unsubscribeDurable(this.#chat, session, [...session.followed]);
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
    for (const socket of this.#topics.get(topic) ?? []) socket.send(frame);
  }

  #tick(): void {
    void this.#cast.tellHeads(this.#heads);
    void this.#peers.tell();
    if (!this.bus.isHealthy) void this.#chat.delivery.compare();
    this.#life.after(tickMs, () => this.#tick());
  }

  async #readIntervals(
    stream: StreamId,
    from: Seq,
  ): Promise<{ intervals: Interval[]; more: boolean }> {
    const found = await this.#store.read((store) => store.readStream(stream, from, rowsPerRead));
    if (!found) return { intervals: [], more: false };
    return { intervals: cutIntervals(stream, from, found.through, found.rows), more: found.cut };
  }
}

interface Cursor {
  readonly stream: StreamId;
  readonly cursor: Seq;
}

/** A client's end of a socket. */
export interface Line {
  readonly socket: SimulatedSocket;
  hello(streams: readonly Cursor[]): void;
  send(command: CommandOf<"send">): void;
  read(command: CommandOf<"read">): void;
}

function nobodyMoves(): never {
  throw new Error("members stay in the simulation");
}
