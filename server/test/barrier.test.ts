import { afterAll, expect, test } from "bun:test";
import type { ChannelId, Seq } from "#wire/ids.ts";
import { joinGroup } from "./group.ts";
import { people } from "./people.ts";
import { Reader } from "./reader.ts";
import { type SignedIn, startServer } from "./start-server.ts";
import { dial, type Talk, talk } from "./talk.ts";

const server = await startServer();
afterAll(() => server[Symbol.asyncDispose]());

/** The same numbers for the same seed (mulberry32). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const headOf = async (channel: ChannelId): Promise<Seq> => {
  const [row] = await server.sql<{ head: Seq }[]>`
    select head from channels where id = ${channel}`;
  return row!.head;
};

/** One person's page that is reloaded again and again, and keeps what it holds. */
class Page {
  readonly reader = new Reader();
  readonly #me: SignedIn;
  #socket: Talk | undefined;
  #applied = 0;
  #epoch = "";

  constructor(me: SignedIn) {
    this.#me = me;
    this.reader.hold(me.id);
  }

  async comes(): Promise<void> {
    this.#socket = await dial(server);
    this.#applied = 0;
    const streams = this.reader.cursors();
    const { token } = this.#me;
    const hello = { op: "hello" as const, token, epoch: this.#epoch, streams };
    const { epoch } = await this.#socket.gets("welcome", hello);
    this.#epoch = epoch;
  }

  caughtUp = () => this.#socket!.next("caughtUp");

  async opens(channel: ChannelId): Promise<void> {
    this.applyAll();
    const cursor = this.reader.streams.get(channel)?.cursor ?? 0;
    const open = { op: "open" as const, channel, epoch: this.#epoch, cursor };
    await this.#socket!.gets("opened", open);
  }

  async resumes(): Promise<void> {
    this.applyAll();
    const streams = this.reader.cursors();
    await this.#socket!.gets("done", { op: "resume", epoch: this.#epoch, streams });
  }

  async hears(count: number): Promise<void> {
    for (let at = 0; at < count; at++) await this.#socket!.next("interval");
  }

  /** Waits, without asking anybody, until it holds a channel up to `head`. */
  async reaches(channel: ChannelId, head: Seq): Promise<void> {
    for (this.applyAll(); this.reader.cursorOf(channel) < head; this.applyAll()) {
      await this.#socket!.next("interval", ({ stream }) => stream === channel);
    }
  }

  async leaves(): Promise<void> {
    this.applyAll();
    await this.#socket!.leaves();
    this.applyAll();
    this.reader.leave();
  }

  applyAll(): void {
    const { answers } = this.#socket!;
    for (; this.#applied < answers.length; this.#applied++) {
      this.reader.apply(answers[this.#applied]!);
    }
  }
}

/** Messages of each channel at least, however fast the visits were. */
const saidMin = 20;

test("W2 M26: whoever comes, opens, resumes and goes while others write holds each message once, in order, without a hole", async () => {
  const channelNames = ["lobby", "engine-room", "library"];
  const ada = await server.signIn(people.ada);
  const grace = await server.signIn(people.grace);
  const channels: ChannelId[] = [];
  for (const name of channelNames) {
    channels.push(await joinGroup(server.sql, name, ada.id));
    await joinGroup(server.sql, name, grace.id);
  }
  let isOver = false;
  const begun = channelNames.map(() => Promise.withResolvers<void>());
  const writers = channelNames.map(async (name, at) => {
    await using writer = await talk(server, ada, name);
    for (let count = 0; !isOver || count < saidMin; count++) {
      await writer.says(`${name} ${count}`);
      begun[at]!.resolve();
    }
  });
  // Nobody comes before all of them write: else fast visits would meet silence.
  await Promise.all(begun.map(({ promise }) => promise));

  const random = randomFrom(42);
  const pages = Array.from({ length: 8 }, () => new Page(grace));
  const visiting = Promise.all(
    pages.map(async (page) => {
      for (let visits = 0; visits < 6; visits++) {
        await page.comes();
        const how = random(4);
        if (how > 0) await page.caughtUp(); // Else gone in the middle of the welcome.
        if (how > 1) {
          const channel = channels[random(channels.length)]!;
          page.reader.hold(channel);
          await page.opens(channel);
          await page.hears(random(10));
        }
        if (how > 2) await page.resumes();
        await page.leaves();
      }
      for (const channel of channels) page.reader.hold(channel);
      await page.comes();
      await page.caughtUp();
      await page.opens(channels[0]!);
    }),
  );
  await visiting.finally(() => (isOver = true));
  await Promise.all(writers);

  for (const channel of channels) {
    const head = await headOf(channel);
    const stored = await server.sql<{ seq: Seq; body: string }[]>`
      select seq, body from messages where channel_id = ${channel} order by seq`;
    expect(stored.length).toBeGreaterThanOrEqual(saidMin);
    for (const page of pages) {
      await page.reaches(channel, head);
      const { since } = page.reader.streams.get(channel)!;
      expect(page.reader.messages(channel)).toEqual(
        stored.filter(({ seq }) => seq >= since).map(({ seq, body }) => [seq, body]),
      );
    }
  }
  for (const page of pages) {
    expect(page.reader.waiting).toEqual([]);
    await page.leaves();
  }
}, 20_000);

test("C10 W2: a channel that hello did not subscribe is heard from the moment it is opened, while others write", async () => {
  const [margaret, radia] = [
    await server.signIn(people.margaret),
    await server.signIn(people.radia),
  ];
  await using writer = await talk(server, margaret, "attic");
  const pages = Array.from({ length: 4 }, () => new Page(radia));
  for (const page of pages) {
    await page.comes();
    await page.caughtUp();
  }
  // Told to nobody, as if the row in the own stream were still on its way.
  const attic = await joinGroup(server.sql, "attic", radia.id);
  const writing = (async () => {
    for (let count = 0; count < 60; count++) await writer.says(`attic ${count}`);
  })();
  for (const page of pages) {
    page.reader.hold(attic);
    await page.opens(attic);
  }
  await writing;
  for (const page of pages) {
    await page.reaches(attic, await headOf(attic));
    expect(page.reader.waiting).toEqual([]);
    await page.leaves();
  }
});

test("C1: a channel that comes into being while one looks is heard from its first message, on every device", async () => {
  const linus = await server.signIn(people.linus);
  const devices = [new Page(linus), new Page(linus)];
  for (const device of devices) {
    await device.comes();
    await device.caughtUp();
  }
  const senders = [people.margaret, people.alan, people.katherine, people.radia, people.edsger];
  const written = await Promise.all(
    senders.map(async (person) => {
      await using sender = await talk(server, person);
      const { channel } = await sender.gets("direct", { op: "createDirect", user: linus.id });
      sender.channel = channel;
      // At once: the devices may be anywhere between the membership and the channel's topic.
      for (let count = 0; count < 20; count++) await sender.says(`${person.name} ${count}`);
      return { channel, head: await headOf(channel), last: `${person.name} 19` };
    }),
  );
  for (const { channel, head, last } of written) {
    for (const device of devices) {
      await device.reaches(channel, head);
      expect(device.reader.lines.get(channel)).toMatchObject({
        asOf: head,
        last: { body: { body: last } },
      });
    }
  }
  for (const device of devices) {
    expect(device.reader.waiting).toEqual([]);
    await device.leaves();
  }
});
