import type { ChannelId, Seq } from "#wire/ids.ts";

/** A message as somebody wrote, saw or stored it. */
export interface Message {
  readonly channel: ChannelId;
  readonly clientMessageId: string;
  readonly body: string;
  readonly seq: Seq;
}

/** A message of one's own: `seq` is set once its author was told that it is stored. */
export type Written = Omit<Message, "seq"> & { seq: Seq | undefined };

/** What one device has been through. */
export interface History {
  /** Whose device it is. */
  readonly name: string;
  /** In the order in which it was written. */
  readonly written: readonly Written[];
  /** Per channel, since it was last begun from a page: from which address on everything is held, and messages in the order in which they came to be shown. */
  readonly shown: ReadonlyMap<
    ChannelId,
    { readonly since: Seq; readonly messages: readonly Message[] }
  >;
}

/** What does not hold, in sentences. */
export interface Verdict {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly reordered: readonly string[];
}

const quotedMax = 60;

/** Reads what every device has been through against what the database holds, after all have been quiet and come to their end. */
export function checkHistories(histories: readonly History[], stored: readonly Message[]): Verdict {
  const verdict = { lost: [], doubled: findDoubled("the database", stored), reordered: [] };
  const ofId = new Map(stored.map((message) => [message.clientMessageId, message]));
  return histories.map((history) => checkHistory(history, stored, ofId)).reduce(join, verdict);
}

function join(one: Verdict, other: Verdict): Verdict {
  return {
    lost: [...one.lost, ...other.lost],
    doubled: [...one.doubled, ...other.doubled],
    reordered: [...one.reordered, ...other.reordered],
  };
}

function checkHistory(
  { name, written, shown }: History,
  stored: readonly Message[],
  ofId: ReadonlyMap<string, Message>,
): Verdict {
  const seen = [...shown.values()].flatMap(({ messages }) => messages);
  const seenIds = new Set(seen.map(({ clientMessageId }) => clientMessageId));
  const due = stored.filter(({ channel, seq }) => seq >= (shown.get(channel)?.since ?? Infinity));
  return {
    lost: [
      ...written
        .filter(
          ({ clientMessageId, seq }) => seq === undefined || ofId.get(clientMessageId)?.seq !== seq,
        )
        .map((message) => fateOf(name, message, ofId.get(message.clientMessageId))),
      ...due
        .filter(({ clientMessageId }) => !seenIds.has(clientMessageId))
        .map(({ body }) => `${name} never saw ${quote(body)}`),
      ...seen
        .filter((message) => !isSame(message, ofId.get(message.clientMessageId)))
        .map(({ body, seq }) => `${name} saw ${quote(body)} at ${seq}, which is not stored there`),
    ],
    doubled: findDoubled(name, seen),
    reordered: [...findReordered(name, written, ofId), ...findShownBack(name, shown)],
  };
}

function fateOf(name: string, { body, seq }: Written, found: Message | undefined): string {
  const told = seq === undefined ? "was never acknowledged" : `was acknowledged at ${seq}`;
  return `${quote(body)} of ${name} ${told}, and stands ${found ? `at ${found.seq}` : "nowhere"}`;
}

function isSame(one: Message, other: Message | undefined): boolean {
  return one.channel === other?.channel && one.seq === other.seq && one.body === other.body;
}

function findDoubled(where: string, messages: readonly Message[]): string[] {
  const before = new Map<string, Message>();
  return messages.flatMap((message) => {
    const other = before.get(message.clientMessageId);
    before.set(message.clientMessageId, message);
    return other
      ? [`${quote(message.body)} stands at ${other.seq} and ${message.seq} for ${where}`]
      : [];
  });
}

/** An author's own order is that of writing. */
function findReordered(
  name: string,
  written: readonly Written[],
  ofId: ReadonlyMap<string, Message>,
): string[] {
  const before = new Map<ChannelId, Message>();
  return written.flatMap(({ clientMessageId }) => {
    const message = ofId.get(clientMessageId);
    if (!message) return [];
    const { channel, body, seq } = message;
    const other = before.get(channel);
    before.set(channel, message);
    if (!other || other.seq < seq) return [];
    return [
      `${name} wrote ${quote(other.body)} before ${quote(body)}, which stand at ${other.seq} and ${seq}`,
    ];
  });
}

/** Nothing comes to be shown above what is shown already. */
function findShownBack(name: string, shown: History["shown"]): string[] {
  return [...shown.values()].flatMap(({ messages }) =>
    messages.flatMap(({ body, seq }, at) => {
      const before = messages[at - 1];
      if (!before || before.seq < seq) return [];
      return [`${name} saw ${quote(body)} at ${seq} after ${quote(before.body)} at ${before.seq}`];
    }),
  );
}

function quote(body: string): string {
  return `"${body.length > quotedMax ? `${body.slice(0, quotedMax)}…` : body}"`;
}
