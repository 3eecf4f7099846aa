/** What is taken from somebody is gone on every worker within a second, whatever becomes of the bus between them. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { ChannelId } from "#wire/ids.ts";
import { findWithin, within } from "#lib/wait.ts";
import { people } from "./people.ts";
import { redisProgram, TestRedis } from "./redis.ts";
import { type SignedIn, startServer, type TestServer } from "./start-server.ts";
import { type Talk, talk } from "./talk.ts";

const goneMsMax = 1_000;

const onRedis = test.skipIf(redisProgram === undefined);
let redis: TestRedis;
let one: TestServer;
let other: TestServer;
let graceIn: SignedIn;
let ada: Talk;
let grace: Talk;
let linus: Talk;

beforeAll(async () => {
  if (redisProgram === undefined) return;
  redis = await TestRedis.start();
  const changes = { redisUrl: redis.url };
  one = await startServer({ changes });
  other = await startServer({ changes, database: one.database });
  graceIn = await other.signIn(people.grace);
  ada = await talk(one, people.ada);
  grace = await talk(other, graceIn);
  linus = await talk(other, people.linus);
});
afterAll(async () => {
  if (redisProgram === undefined) return;
  for (const socket of [ada, grace, linus]) await socket[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
  await one[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
});

/** A group of Ada's, which Grace and Linus look at on the other worker. */
async function begin(name: string): Promise<ChannelId> {
  const users = [grace, linus].map(({ me }) => me!.id);
  const { channel } = await ada.gets("created", {
    op: "createGroup",
    id: crypto.randomUUID(),
    name,
    users,
  });
  ada.channel = channel;
  for (const socket of [grace, linus]) {
    await socket.gets("opened", { op: "open", channel, epoch: "", cursor: 0 });
    socket.channel = channel;
  }
  return channel;
}

const removeGrace = (channel: ChannelId) =>
  ada.gets("done", { op: "removeMember", channel, user: graceIn.id });

/** Whether Grace is told that Linus types: both have their sockets on one worker, which publishes by itself. */
async function graceSeesTyping(channel: ChannelId): Promise<boolean> {
  const told = () =>
    grace.answers.filter((said) => said.op === "typingChanged" && said.channel === channel).length;
  const before = told();
  for (const typing of [true, false]) {
    await linus.gets("done", { op: "typing", channel, typing });
    await linus.next(
      "typingChanged",
      (event) => event.channel === channel && event.typing === typing,
    );
  }
  await grace.gets("pong", { op: "ping" });
  return told() > before;
}

onRedis(
  "B17: whoever is removed while Redis holds still is off the channel's topics on other workers within a second",
  async () => {
    const channel = await begin("Removed");
    expect(await graceSeesTyping(channel)).toBe(true);
    redis.freeze();
    await removeGrace(channel);
    const isGone = await findWithin(goneMsMax, async () =>
      (await graceSeesTyping(channel)) ? undefined : true,
    );
    redis.thaw();
    expect(isGone).toBe(true);
    expect(await linus.gets("done", { op: "typing", channel, typing: true })).toBeDefined();
  },
);

onRedis(
  "B17: a session that is ended on one worker loses its sockets on the other within a second while Redis holds still",
  async () => {
    const again = await other.signIn(people.grace);
    const socket = await talk(other, again);
    redis.freeze();
    const ended = await fetch(`${one.url}/api/v1/sessions/${again.sessionId}`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${graceIn.token}` },
    });
    const closed = await within(goneMsMax, socket.closed);
    redis.thaw();
    expect(ended.status).toBe(204);
    expect(closed).toEqual({ code: 4005, reason: "session_ended" });
    expect(await grace.gets("pong", { op: "ping" })).toBeDefined();
  },
);

onRedis("B17: whoever is a member again before that is noticed hears everything", async () => {
  const channel = await begin("Back at once");
  redis.freeze();
  await removeGrace(channel);
  await ada.gets("done", { op: "addMembers", channel, users: [graceIn.id] });
  const said: number[] = [];
  // Past two looks at what was revoked.
  const until = performance.now() + 1_200;
  while (performance.now() < until) {
    said.push(await ada.says(`word ${said.length}`));
    await linus.hears(1);
  }
  redis.thaw();
  const heard = await findWithin(5_000, () =>
    grace.announced.at(-1)?.entity === said.at(-1) ? true : undefined,
  );
  expect(heard).toBe(true);
  expect(await graceSeesTyping(channel)).toBe(true);
});
