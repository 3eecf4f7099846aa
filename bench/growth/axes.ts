import type { Scenario } from "../load/scenario.ts";
import { durable } from "../load/scenario/durable.ts";
import { fanout } from "../load/scenario/fanout.ts";
import { handshakes } from "../load/scenario/handshakes.ts";
import { idle } from "../load/scenario/idle.ts";
import { list } from "../load/scenario/list.ts";
import { read } from "../load/scenario/read.ts";
import { stored } from "../load/scenario/stored.ts";

/** One thing that grows, and what is asked of a server while it does. */
export interface Axis {
  readonly name: string;
  readonly asks: string;
  readonly scenario: Scenario;
  /** The scenario's options for so many. */
  readonly options: (count: number) => Readonly<Record<string, number>>;
  readonly counts: readonly number[];
  readonly quick: readonly number[];
  /** Those of the scenario's figures that are kept. */
  readonly figures: readonly string[];
  /** Whether counts are shown by their logarithm. */
  readonly isWide: boolean;
}

const perMessage = ["worker CPU µs per message", "PostgreSQL CPU µs per message"] as const;

export const axes: readonly Axis[] = [
  {
    name: "sockets",
    asks: "Sockets that are there, in channels of ten; 200 messages per second among them",
    scenario: durable,
    options: (count) => ({ channels: count / 10, members: 10, rate: 200 }),
    counts: [100, 500, 1_000, 2_000, 4_000],
    quick: [100, 300],
    figures: [...perMessage, "receipt p50 ms", "receipt p95 ms"],
    isWide: false,
  },
  {
    name: "rate",
    asks: "Messages per second, one at a time, in 50 channels of ten",
    scenario: durable,
    options: (count) => ({ channels: 50, members: 10, rate: count }),
    counts: [50, 100, 200, 400, 800],
    quick: [50, 100],
    figures: [...perMessage, "receipt p50 ms", "receipt p95 ms"],
    isWide: false,
  },
  {
    name: "read",
    asks: "People per second who say that they have read one more message, in 100 channels of ten who all look",
    scenario: read,
    options: (count) => ({ channels: 100, members: 10, rate: count }),
    counts: [100, 250, 500, 1_000],
    quick: [50, 100],
    figures: [
      "worker CPU µs per read",
      "PostgreSQL CPU µs per read",
      "log bytes per read",
      "seen p50 ms",
      "seen p95 ms",
    ],
    isWide: false,
  },
  {
    name: "memory",
    asks: "Sockets that only sit there, each in 20 channels",
    scenario: idle,
    options: (count) => ({ sockets: count, channels: 20, members: 100, runs: 1 }),
    counts: [1_000, 2_000, 4_000, 8_000],
    quick: [200, 400],
    figures: [
      "worker RSS KB per socket",
      "kernel's slab KB per socket, both ends",
      "worker CPU µs per heartbeat",
    ],
    isWide: false,
  },
  {
    name: "members",
    asks: "Members of one channel, all of them there; 20 messages per second",
    scenario: durable,
    options: (count) => ({ channels: 1, members: count, rate: 20 }),
    counts: [10, 100, 250, 500, 1_000],
    quick: [10, 100],
    figures: [...perMessage, "receipt p95 ms"],
    isWide: false,
  },
  {
    name: "channels",
    asks: "Channels of each person, who come in 32 at once",
    scenario: handshakes,
    options: (count) => ({ people: 200, channels: count, members: 50, atOnce: 32 }),
    counts: [1, 20, 50, 100, 200],
    quick: [1, 20],
    figures: ["worker CPU µs per handshake", "PostgreSQL CPU µs per handshake", "handshake p95 ms"],
    isWide: false,
  },
  {
    name: "list",
    asks: "Channels in somebody's list, which is asked for as a whole",
    scenario: list,
    options: (count) => ({ channels: count }),
    counts: [10, 50, 100, 150, 200],
    quick: [5, 10],
    figures: ["worker CPU µs per list", "PostgreSQL CPU µs per list", "list p50 ms", "list p95 ms"],
    isWide: false,
  },
  {
    name: "workers",
    asks: "Workers on one core, with Redis where there are several; one channel of 200, 50 messages in flight",
    scenario: fanout,
    options: (count) => ({ workers: count, sockets: 200, inFlight: 50 }),
    counts: [1, 2, 3, 4],
    quick: [1, 2],
    figures: [
      "worker CPU s per million deliveries",
      "Redis CPU s per million deliveries",
      "worker CPU over the bare loop's",
    ],
    isWide: false,
  },
  {
    name: "bus",
    asks: "Workers on one core, with Redis where there are several; 50 channels of ten, 400 messages per second one at a time",
    scenario: durable,
    options: (count) => ({ workers: count, channels: 50, members: 10, rate: 400 }),
    counts: [1, 2, 3, 4],
    quick: [1, 2],
    figures: [...perMessage, "Redis CPU µs per message", "receipt p95 ms"],
    isWide: false,
  },
  {
    name: "messages",
    asks: "Messages that were stored before, in 50 channels",
    scenario: stored,
    options: (count) => ({ messages: count }),
    counts: [10_000, 100_000, 1_000_000, 10_000_000],
    quick: [10_000, 40_000],
    figures: [
      "page p50 ms",
      "page p95 ms",
      "worker CPU µs per page",
      "PostgreSQL CPU µs per page",
      ...perMessage,
      "filling: PostgreSQL CPU µs per message",
      "filling: table and index bytes per message",
      "filling: log bytes per message",
      "log bytes per message",
    ],
    isWide: true,
  },
];
