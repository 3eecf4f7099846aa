/** What is asked of people and channels, and how much of it. A number that is 0 does not apply. */
export interface Shape {
  readonly people: number;
  /** Of each channel. */
  readonly members: number;
  /** Of each person. */
  readonly channels: number;
  /** Messages in each channel before anything is measured. */
  readonly stored: number;
  /** Of the people, so many are held by k6; the load client holds the others, and counts what they hear. */
  readonly held: number;
  /** So many times per second, at moments that were planned beforehand. */
  readonly rate: number;
  /** What is said at each of these moments, one behind the other. */
  readonly burst: number;
  readonly seconds: number;
  /** Before that, at the same rate: not measured. */
  readonly warmSeconds: number;
  /** Before anybody comes in: so long nobody does anything. */
  readonly restSeconds: number;
}

/** Milliseconds that a percentile may take at most. */
export interface Bounds {
  readonly p95?: number;
  readonly p99?: number;
}

export const questions = [
  "connect",
  "send",
  "fanout",
  "history",
  "list",
  "presence",
  "switching",
  "reconnect",
  "stream",
] as const;
export type Question = (typeof questions)[number];

export interface Target {
  readonly name: string;
  /** The script in `question/` that asks. */
  readonly question: Question;
  /** Where it has two: over a socket, or by REST. */
  readonly way: "socket" | "rest";
  /** Of FEATURES.md. */
  readonly rows: readonly string[];
  readonly asks: string;
  readonly bounds: Bounds;
  readonly full: Shape;
  readonly quick: Shape;
}

interface Written extends Omit<Target, "full" | "quick" | "way"> {
  readonly way?: Target["way"];
  readonly full: Partial<Shape>;
  /** What differs. */
  readonly quick: Partial<Shape>;
}

function target({ full, quick, ...written }: Written): Target {
  const shape = {
    people: 0,
    members: 1,
    channels: 1,
    stored: 0,
    held: 0,
    rate: 0,
    burst: 1,
    seconds: 0,
    warmSeconds: 2,
    restSeconds: 0,
    ...full,
  };
  const warmSeconds = Math.min(1, shape.warmSeconds);
  return { way: "socket", ...written, full: shape, quick: { ...shape, warmSeconds, ...quick } };
}

/**
 * Every target, and the only place where one stands. Numbers are the goals of this project for server, databases and load on one machine of two cores;
 * where it set none of its own, the row of FEATURES.md has it.
 */
export const targets: readonly Target[] = [
  target({
    name: "connect",
    question: "connect",
    rows: ["X2"],
    asks: "People come in, 100 per second: from the planned moment until they are told all their channels",
    bounds: { p95: 100 },
    full: { people: 1_000, members: 50, channels: 5, rate: 100, seconds: 10, warmSeconds: 0 },
    quick: { people: 300, seconds: 3 },
  }),
  target({
    name: "send-50",
    question: "send",
    rows: ["X1", "W1"],
    asks: "50 sockets in 50 channels, 500 durable messages per second",
    bounds: { p95: 4, p99: 8 },
    full: { people: 50, rate: 500, seconds: 20 },
    quick: { seconds: 3 },
  }),
  target({
    name: "send-500",
    question: "send",
    rows: ["X1", "X2"],
    asks: "500 sockets in 50 channels of 10, 500 durable messages per second, at every member",
    bounds: { p95: 10, p99: 25 },
    full: { people: 500, members: 10, rate: 500, seconds: 20 },
    quick: { seconds: 3 },
  }),
  target({
    name: "send-1000",
    question: "send",
    rows: ["X1", "X2"],
    asks: "1,000 sockets in 100 channels of 10, 500 durable messages per second, at every member",
    bounds: { p95: 10, p99: 25 },
    full: { people: 1_000, members: 10, rate: 500, seconds: 20 },
    quick: { seconds: 3 },
  }),
  target({
    name: "burst",
    question: "send",
    rows: ["X3"],
    asks: "50 people in channels of 5 each say 10 messages per second, all ten in one moment",
    bounds: { p95: 50, p99: 100 },
    full: { people: 50, members: 5, rate: 50, burst: 10, seconds: 20 },
    quick: { seconds: 3 },
  }),
  target({
    name: "flood",
    question: "send",
    rows: ["X4"],
    asks: "1,000 messages per minute in one channel of 20, at every member",
    bounds: { p95: 10, p99: 25 },
    full: { people: 20, members: 20, rate: 1_000 / 60, seconds: 60 },
    quick: { seconds: 6 },
  }),
  target({
    name: "fanout",
    question: "fanout",
    rows: ["X1", "X2"],
    asks: "One channel of 1,000, 20 messages per second, at the last of the 100 that k6 holds",
    bounds: { p95: 25 },
    full: { people: 1_000, members: 1_000, held: 100, rate: 20, seconds: 20 },
    quick: { seconds: 3 },
  }),
  target({
    name: "history-socket",
    question: "history",
    rows: ["X7", "X13"],
    asks: "A page of 50 messages from anywhere in a channel's 1,000, by the socket",
    bounds: { p95: 10 },
    full: { people: 20, stored: 1_000, rate: 100, seconds: 20 },
    quick: { seconds: 3 },
  }),
  target({
    name: "history-rest",
    question: "history",
    way: "rest",
    rows: ["X7", "X13"],
    asks: "A page of 50 messages from anywhere in a channel's 1,000, by REST",
    bounds: { p95: 10 },
    full: { people: 20, stored: 1_000, rate: 50, seconds: 20 },
    quick: { seconds: 3 },
  }),
  target({
    name: "list-socket",
    question: "list",
    rows: ["X8"],
    asks: "The summaries of somebody's 200 channels, by the socket",
    bounds: { p95: 10 },
    full: { people: 10, members: 10, channels: 200, stored: 2, rate: 5, seconds: 20 },
    quick: { seconds: 3 },
  }),
  target({
    name: "list-rest",
    question: "list",
    way: "rest",
    rows: ["X8", "X13"],
    asks: "The first page of somebody's 200 channels, by REST",
    bounds: { p95: 10 },
    full: { people: 10, members: 10, channels: 200, stored: 2, rate: 20, seconds: 20 },
    quick: { seconds: 3 },
  }),
  target({
    name: "presence",
    question: "presence",
    rows: ["X5", "X12", "P10"],
    asks: "People in channels of 20 go away or come back, at everybody who looks at them",
    bounds: { p99: 2_000 },
    // Who was made is here for 15 s longer on the worker that they left.
    full: { people: 1_000, members: 20, rate: 100, seconds: 15, restSeconds: 16 },
    quick: { people: 400, seconds: 3 },
  }),
  target({
    name: "switching",
    question: "switching",
    rows: ["X7"],
    asks: "20 people leaf through 10 channels, each 2.5 times per second: until the newest page is there",
    bounds: { p95: 10 },
    full: { people: 20, members: 5, channels: 10, stored: 60, rate: 50, seconds: 20 },
    quick: { seconds: 3 },
  }),
  target({
    name: "reconnect",
    question: "reconnect",
    rows: ["W3", "X10"],
    asks: "People lose their socket for 2 s while others write: until all is there that they missed",
    bounds: { p99: 2_400 },
    full: { people: 500, members: 50, rate: 50, seconds: 15, warmSeconds: 0 },
    quick: { people: 200, seconds: 5 },
  }),
  target({
    name: "stream",
    question: "stream",
    rows: ["X1", "E10"],
    asks: "50 people without WebSocket in channels of 5: commands by POST, events over a streamed response",
    bounds: { p95: 50 },
    full: { people: 50, members: 5, rate: 50, seconds: 20 },
    quick: { seconds: 3 },
  }),
];

/** `p95 ≤ 4, p99 ≤ 8 ms`. */
export function boundsText(bounds: Bounds): string {
  const parts = Object.entries(bounds).map(([name, ms]) => `${name} ≤ ${ms.toLocaleString("en")}`);
  return `${parts.join(", ")} ms`;
}
