import { Bucket, Buckets, type Rate } from "#lib/bucket.ts";
import type { Command } from "#wire/command.ts";
import type { UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import type { Session } from "./session.ts";

/** What the operator sets: of one user, for long. */
export interface PaceSettings {
  readonly messagesPerSecond: number;
  readonly commandsPerSecond: number;
}

export const paceLimits = {
  /** What rest saves up: a page that opens, an outbox after a day away. */
  savedSeconds: 10,
  /** A group's commands write a row for every member: they cost as much as so many others. */
  groupCommandCost: 10,
  /** A body of `bodyCharsMax` four-byte characters. */
  messageBytesMax: 16 * 1024,
  /** A frame that says nothing, as WebSocket's own ping, still costs its way. */
  frameBytesMin: 128,
  /** Refusals of `slow_down` to one socket, of whatever sort, before it is closed. */
  refusals: { atOnce: 4 * limits.inFlightMax, perSecond: 4 },
  /** A frame that is too much for its socket's bytes has cost its way: each of so many counts as a refusal. */
  refusalBytes: 1024,
} as const;

interface Rates {
  readonly messages: Rate;
  readonly commands: Rate;
  /** Of one socket, which may be nobody's yet. */
  readonly socketCommands: Rate;
  readonly socketBytes: Rate;
}

/** Everything that is paced, from the two numbers that are set. A whole `send` and the dearest command always fit into what goes at once. */
export function ratesOf({ messagesPerSecond, commandsPerSecond }: PaceSettings): Rates {
  const saved = (perSecond: number, atOnceMin: number): Rate => ({
    atOnce: Math.max(perSecond * paceLimits.savedSeconds, atOnceMin),
    perSecond,
  });
  return {
    messages: saved(messagesPerSecond, limits.draftsPerSendMax),
    commands: saved(commandsPerSecond, limits.inFlightMax),
    socketCommands: saved(commandsPerSecond + messagesPerSecond, 2 * limits.inFlightMax),
    socketBytes: saved(messagesPerSecond * paceLimits.messageBytesMax, 16 * limits.frameBytesMax),
  };
}

/**
 * How fast users may go on this worker, over all their sockets and requests. Counted here and not in Redis: no command waits for a question,
 * and one user is rarely on more workers than they have devices.
 */
export class Pace {
  readonly #rates: Rates;
  readonly #now: () => number;
  readonly #messages: Buckets<UserId>;
  readonly #commands: Buckets<UserId>;

  constructor(settings: PaceSettings, now: () => number) {
    this.#rates = ratesOf(settings);
    this.#now = now;
    this.#messages = new Buckets(this.#rates.messages);
    this.#commands = new Buckets(this.#rates.commands);
  }

  /** 0, or after how many ms to ask again. */
  messages(user: UserId, count: number): number {
    return this.#messages.take(user, count, this.#now());
  }

  /** The same for what is no message. */
  commands(user: UserId, cost: number): number {
    return cost === 0 ? 0 : this.#commands.take(user, cost, this.#now());
  }

  ofSocket(session: Session): SocketPace {
    return new SocketPace(this, this.#rates, session, this.#now);
  }
}

/** How fast one socket may go. */
export class SocketPace {
  readonly #pace: Pace;
  readonly #session: Session;
  readonly #now: () => number;
  readonly #bytes: Bucket;
  readonly #commands: Bucket;
  readonly #refusals: Bucket;

  constructor(pace: Pace, rates: Rates, session: Session, now: () => number) {
    this.#pace = pace;
    this.#session = session;
    this.#now = now;
    this.#bytes = new Bucket(rates.socketBytes, now());
    this.#commands = new Bucket(rates.socketCommands, now());
    this.#refusals = new Bucket(paceLimits.refusals, now());
  }

  /** Of a frame that has come: 0, or after how many ms to say its commands again. */
  frame(bytes: number): number {
    return this.#bytes.take(Math.max(bytes, paceLimits.frameBytesMin), this.#now());
  }

  /** The same of one command; undefined is one that could not be read. */
  command(command: Command | undefined): number {
    const waitMs = this.#commands.take(1, this.#now());
    const user = this.#session.identity?.userId;
    if (waitMs > 0 || user === undefined || command === undefined) return waitMs;
    if (command.op === "send") return this.#pace.messages(user, command.drafts.length);
    return this.#pace.commands(user, costOf(command));
  }

  /** So many commands were refused, or a frame of so many bytes. False where that was too much. */
  bears(commands: number, frameBytes = 0): boolean {
    const cost = Math.max(commands, Math.ceil(frameBytes / paceLimits.refusalBytes));
    return this.#refusals.take(cost, this.#now()) === 0;
  }
}

/** What keeps a socket alive costs its user nothing, so that no other socket of theirs can end it. */
function costOf({ op }: Command): number {
  switch (op) {
    case "ping":
    case "renew":
      return 0;
    case "createGroup":
    case "renameGroup":
    case "addMembers":
    case "removeMember":
    case "setRole":
    case "deleteGroup":
      return paceLimits.groupCommandCost;
    default:
      return 1;
  }
}
