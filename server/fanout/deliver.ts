import type { Interval } from "#wire/event.ts";
import type { Seq, StreamId } from "#wire/ids.ts";
import { log } from "../observe/log.ts";
import {
  type Announcement,
  announcementOf,
  decodeAnnouncement,
  encodeAnnouncement,
} from "./announcement.ts";
import { type Bus, BusAway } from "./bus.ts";
import { durableTopic } from "./topic.ts";

export interface DeliveryParts {
  readonly bus: Bus;
  /** To every local socket on the stream's topic. */
  publish(stream: StreamId, frame: Uint8Array): void;
  /** Reads heads from PostgreSQL. */
  readHeads(streams: readonly StreamId[]): Promise<Map<StreamId, Seq>>;
  /** Reads `(from, …]` from PostgreSQL, cut into consecutive intervals; `more` where they do not reach the head. */
  readIntervals(stream: StreamId, from: Seq): Promise<{ intervals: Interval[]; more: boolean }>;
  /** Before an interval with a removal in it is published: who is removed must not hear what comes from here on. */
  removing(announcement: Announcement): void;
  /** An interval was delivered with something in it that this worker has to act upon. */
  personalDelivered(announcement: Announcement): void;
  /** Calls back after about `ms`; returns what cancels it. */
  after(ms: number, call: () => void): () => void;
}

export const deliveryLimits = {
  /** Two workers may announce `(5,6]` before `(4,5]`: what came early waits so long before the hole is read from PostgreSQL. */
  holdMs: 50,
  /** Announcements of one stream that are held; past it they are dropped and read from PostgreSQL with the hole. */
  heldMax: 256,
  headsPerQueryMax: 1_000,
  /** After a failed healing or comparison. */
  retryMs: 500,
  /** So often everything is compared without a reason: a tail that nobody can know of is silent no longer than that. */
  compareMs: 30_000,
} as const;

/** A stream that local sockets listen to. */
interface Followed {
  users: number;
  /** Undefined until the head was read after the bus acknowledged the subscription. */
  delivered: Seq | undefined;
  ready: Promise<void>;
  held: Announcement[];
  /** How far the announcements reach that found no room among those held. */
  wanted: Seq;
  cancelHold: (() => void) | undefined;
  healing: Promise<void> | undefined;
}

/**
 * The worker's side of every stream that its sockets listen to: each interval is published to them once, in order, without a hole.
 */
export class Delivery {
  readonly #parts: DeliveryParts;
  readonly #streams = new Map<StreamId, Followed>();
  #comparison = Promise.resolve();
  #nextComparison: Promise<void> | undefined;
  /** A comparison failed, and is made again soon. */
  #willRepeat = false;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
  }

  /**
   * Begins to follow streams for one socket, or joins those who do. Resolves when all are followed: the bus has acknowledged the
   * subscription and the head was read after that (the barrier, step a), and needs one `unfollow` for each then. Where it rejects, nothing is followed for this socket.
   */
  async follow(streams: readonly StreamId[]): Promise<void> {
    const fresh = streams.filter((stream) => !this.#streams.has(stream));
    if (fresh.length > 0) this.#begin(fresh);
    const joined = streams.map((stream) => this.#streams.get(stream)!);
    for (const followed of joined) followed.users++;
    const underWay = joined.filter(({ delivered }) => delivered === undefined);
    try {
      await Promise.all(new Set(underWay.map(({ ready }) => ready)));
    } catch (error) {
      this.unfollow(streams.filter((stream, at) => this.#streams.get(stream) === joined[at]));
      throw error;
    }
  }

  unfollow(streams: readonly StreamId[]): void {
    const idle = streams.filter((stream) => {
      const followed = this.#streams.get(stream);
      if (!followed || --followed.users > 0) return false;
      followed.cancelHold?.();
      this.#streams.delete(stream);
      return true;
    });
    this.#unsubscribe(idle);
  }

  /** The worker's cursor of a stream; undefined where it is not followed (yet). */
  deliveredOf(stream: StreamId): Seq | undefined {
    return this.#streams.get(stream)?.delivered;
  }

  /** Streams that are followed now. */
  followed(): StreamId[] {
    return [...this.#streams.keys()];
  }

  /** Encodes once; the same bytes cross the bus and every socket untouched. Never rejects. */
  async announce(interval: Interval): Promise<void> {
    const { stream, from, through } = interval;
    try {
      const bytes = encodeAnnouncement(announcementOf(interval));
      await this.#parts.bus.publish(durableTopic(stream), bytes);
    } catch (error) {
      // The rows are stored: `heads` will show what is missing, and while the bus is away every worker looks for itself.
      if (error instanceof BusAway) return;
      log.error("an announcement failed", { stream, from, through, error });
    }
  }

  /** What the bus brought for a stream. */
  receive(bytes: Uint8Array): void {
    this.deliver(decodeAnnouncement(bytes));
  }

  /** Runs for every announcement, the worker's own included. */
  deliver(announcement: Announcement): void {
    const { stream, from, through } = announcement;
    const followed = this.#streams.get(stream);
    if (!followed) return;

    const { delivered } = followed;
    if (delivered === undefined || from > delivered) {
      return this.#hold(stream, followed, announcement);
    }
    if (through <= delivered) return; // Already healed.

    this.#publish(followed, announcement);
    this.#release(stream, followed);
  }

  /** Somebody knows of a head. Who is behind it heals. */
  headSeen(stream: StreamId, head: Seq): void {
    const followed = this.#streams.get(stream);
    if (followed?.delivered === undefined || followed.delivered >= head) return;
    this.#heal(stream, followed);
  }

  /**
   * Compares all followed streams with PostgreSQL, after a doubt about the bus. Who asks while one comparison is under way waits for the
   * next, and so does everybody who asks until then. Never rejects.
   */
  compare(): Promise<void> {
    this.#nextComparison ??= this.#comparison.then(() => {
      this.#nextComparison = undefined;
      return (this.#comparison = this.#compare());
    });
    return this.#nextComparison;
  }

  async #compare(): Promise<void> {
    const streams = this.followed();
    try {
      for (let at = 0; at < streams.length; at += deliveryLimits.headsPerQueryMax) {
        const asked = streams.slice(at, at + deliveryLimits.headsPerQueryMax);
        for (const [stream, head] of await this.#parts.readHeads(asked)) {
          this.headSeen(stream, head);
        }
      }
    } catch (error) {
      log.warn("streams could not be compared with the database", { error });
      // The doubt remains, and perhaps nobody has another one.
      if (this.#willRepeat) return;
      this.#willRepeat = true;
      this.#parts.after(deliveryLimits.retryMs, () => {
        this.#willRepeat = false;
        void this.compare();
      });
    }
  }

  #begin(streams: readonly StreamId[]): void {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    // Whoever follows awaits it; a failure is theirs.
    promise.catch(() => undefined);
    const fresh = new Map<StreamId, Followed>();
    for (const stream of streams) {
      fresh.set(stream, {
        users: 0,
        delivered: undefined,
        ready: promise,
        held: [],
        wanted: 0,
        cancelHold: undefined,
        healing: undefined,
      });
    }
    for (const [stream, followed] of fresh) this.#streams.set(stream, followed);
    this.#subscribe(fresh).then(resolve, reject);
  }

  async #subscribe(fresh: ReadonlyMap<StreamId, Followed>): Promise<void> {
    // Of a stream that was left meanwhile, and perhaps followed anew, nothing is touched: it is another one's.
    const wanted = () => [...fresh].filter(([id, followed]) => this.#streams.get(id) === followed);
    try {
      await this.#parts.bus.subscribe([...fresh.keys()].map(durableTopic));
      const heads = await this.#parts.readHeads([...fresh.keys()]);
      for (const [stream, followed] of wanted()) {
        followed.delivered = heads.get(stream) ?? 0;
        this.#release(stream, followed);
        this.#healWanted(stream, followed);
      }
    } catch (error) {
      // The next who asks begins anew; those who joined meanwhile are refused with this one.
      const failed = wanted().map(([stream]) => stream);
      for (const stream of failed) this.#streams.delete(stream);
      this.#unsubscribe(failed);
      throw error;
    }
  }

  #unsubscribe(streams: readonly StreamId[]): void {
    if (streams.length === 0) return;
    this.#parts.bus.unsubscribe(streams.map(durableTopic)).catch((error: unknown) => {
      log.warn("the bus did not take back a subscription", { error });
    });
  }

  #publish(followed: Followed, announcement: Announcement): void {
    followed.delivered = announcement.through;
    if (announcement.removal) this.#parts.removing(announcement);
    this.#parts.publish(announcement.stream, announcement.frame);
    if (announcement.personal) this.#parts.personalDelivered(announcement);
  }

  #hold(stream: StreamId, followed: Followed, announcement: Announcement): void {
    if (followed.held.length < deliveryLimits.heldMax) followed.held.push(announcement);
    else followed.wanted = Math.max(followed.wanted, announcement.through);
    if (followed.delivered === undefined || followed.healing) return;
    if (followed.held.length >= deliveryLimits.heldMax) return this.#heal(stream, followed);
    this.#healSoon(stream, followed);
  }

  #healSoon(stream: StreamId, followed: Followed): void {
    followed.cancelHold ??= this.#parts.after(deliveryLimits.holdMs, () => {
      followed.cancelHold = undefined;
      this.#heal(stream, followed);
    });
  }

  /** Publishes what was held and now fits. */
  #release(stream: StreamId, followed: Followed): void {
    if (followed.held.length === 0) return;

    const held = followed.held.toSorted((one, other) => one.from - other.from);
    followed.held = [];
    for (const announcement of held) this.deliver(announcement);
    if (followed.held.length === 0) {
      followed.cancelHold?.();
      followed.cancelHold = undefined;
    } else if (!followed.healing) this.#healSoon(stream, followed);
  }

  /** Reads the hole from PostgreSQL and publishes it. One at a time per stream; what arrives meanwhile is held or dropped as usual. */
  #heal(stream: StreamId, followed: Followed): void {
    followed.healing ??= this.#readHole(stream, followed).then(
      () => {
        followed.healing = undefined;
        this.#release(stream, followed);
        this.#healWanted(stream, followed);
      },
      (error: unknown) => {
        log.warn("a hole could not be read yet", { stream, error });
        this.#parts.after(deliveryLimits.retryMs, () => {
          followed.healing = undefined;
          if (this.#streams.get(stream) === followed) this.#heal(stream, followed);
        });
      },
    );
  }

  #healWanted(stream: StreamId, followed: Followed): void {
    if (followed.wanted > followed.delivered!) this.#heal(stream, followed);
  }

  async #readHole(stream: StreamId, followed: Followed): Promise<void> {
    let more = true;
    while (more) {
      const hole = await this.#parts.readIntervals(stream, followed.delivered!);
      if (this.#streams.get(stream) !== followed) return;
      more = hole.more;
      for (const interval of hole.intervals) {
        if (interval.through <= followed.delivered!) continue;
        this.#publish(followed, announcementOf(beyond(interval, followed.delivered!)));
      }
    }
  }
}

/** What of an interval is not delivered: what was announced while it was read is not said again. */
function beyond(interval: Interval, delivered: Seq): Interval {
  if (interval.from >= delivered) return interval;
  const rows = interval.rows.filter(({ version }) => version > delivered);
  return { ...interval, from: delivered, rows };
}
