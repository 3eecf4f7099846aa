/** The example on a whole server: loaded, lived in and removed. */
import { expect, test } from "bun:test";
import type { EventOf } from "#wire/event.ts";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { directTextId } from "#wire/text-id.ts";
import { blankMessages, closeDemoAccounts, deleteDemoChannel } from "../store/demo-removal.ts";
import { demoRowsMax } from "../store/demo.ts";
import { migrate } from "../store/migrate.ts";
import { chatParts } from "../test/chat-parts.ts";
import { streamsOutOfStep, streamsWithHoles } from "../test/channels.ts";
import { codeOf } from "../test/app.ts";
import { people } from "../test/people.ts";
import { RestClient } from "../test/rest-client.ts";
import { type SignedIn, startServer, type TestServer } from "../test/start-server.ts";
import { type Talk, talk } from "../test/talk.ts";
import { names } from "./names.ts";
import { removeDemo } from "./remove-demo.ts";

interface Line {
  readonly id: ChannelId;
  readonly kind: string;
  readonly name: string | null;
  readonly unread: number;
  readonly lastMessage: { readonly createdAt: string } | null;
}

/** Ada as the owner, by HTTP. */
async function owned(server: TestServer) {
  const ada = await server.signIn(people.ada);
  await server.sql`update users set role = 'owner' where id = ${ada.id}`;
  return { ada, owner: new RestClient(server, ada) };
}

const linesOf = async (client: RestClient): Promise<Line[]> =>
  (await client.get("/channels?limit=50")).json.channels;

/** Somebody of the example, come in by a link of the owner's. */
async function enters(server: TestServer, owner: RestClient, name: string): Promise<SignedIn> {
  const { people: listed } = (await owner.get("/demo")).json;
  const { id } = listed.find((person: { name: string }) => person.name === name);
  const { json } = await owner.post(`/demo/people/${id}/link`, undefined);
  const entered = await new RestClient(server).post("/demo/enter", { code: codeOf(json.link) });
  return { id, name, token: entered.json.accessToken, sessionId: "" };
}

/** Waits until the own stream has told of the end of all these memberships. */
async function vanishes(socket: Talk, channels: readonly ChannelId[]): Promise<void> {
  const left = new Set<number>(channels);
  const seen = (event: EventOf<"interval">): boolean => {
    for (const { kind, entity, body } of event.rows) {
      if (kind === "membership" && body === null) left.delete(entity);
    }
    return left.size === 0;
  };
  if (socket.answers.some((answer) => answer.op === "interval" && seen(answer))) return;
  await socket.next("interval", seen);
}

test("B37: one call fills an empty Parley, and an open page of the owner has all of it at once", async () => {
  await using server = await startServer();
  const { ada, owner } = await owned(server);
  await using page = await talk(server, ada);
  const loaded = await owner.post("/demo", undefined);
  expect(loaded).toMatchObject({ status: 201 });
  expect(loaded.json.people.map(({ name }: { name: string }) => name).toSorted()).toEqual(
    Object.values(names).toSorted(),
  );
  const lines = await linesOf(owner);
  expect(lines.map(({ name }) => name ?? "direct").toSorted()).toEqual([
    "direct",
    "direct",
    "direct",
    "engine-room",
    "lobby",
    "lunch",
    "reading group",
    "release 1.4",
  ]);
  for (const { id, unread } of lines) {
    expect(await page.next("summary", ({ channel }) => channel === id)).toMatchObject({ unread });
  }
  const told = page.answers.flatMap((answer) =>
    answer.op === "interval" && answer.stream === ada.id
      ? answer.rows.map(({ entity }) => entity)
      : [],
  );
  // Newest activity comes last, as if it had all been lived through.
  expect(told.toReversed()).toEqual(lines.map(({ id }) => id));
  const unread = new Map(lines.map((line) => [line.name, line.unread]));
  expect([unread.get("engine-room"), unread.get("lobby"), unread.get("reading group")]).toEqual([
    6, 3, 0,
  ]);
});

test("B37: the history is a few hundred messages of several people, in order, of the past, in nobody real's name", async () => {
  await using server = await startServer();
  const { ada, owner } = await owned(server);
  await owner.post("/demo", undefined);
  expect(await streamsWithHoles(server.sql)).toEqual([]);
  const [facts] = await server.sql`
    select count(*) as messages, count(distinct author_id) as authors, count(*) filter (where author_id = ${ada.id}) as "ofOwner",
           count(*) filter (where created_at > now()) as future, now() - min(created_at) > interval '14 days' as "isOld",
           count(*) filter (where body like '%https://%') as links, count(*) filter (where body like '%@%') as mentions,
           count(*) filter (where body like '%{owner}%') as unfilled
      from messages`;
  expect(facts!["messages"]).toBeGreaterThan(250);
  expect(facts).toMatchObject({ authors: 7, ofOwner: 0, future: 0, isOld: true, unfilled: 0 });
  expect(facts!["links"]).toBeGreaterThan(3);
  expect(facts!["mentions"]).toBeGreaterThan(1);
  const backwards = await server.sql`
    select from (select created_at, lag(created_at) over (partition by channel_id order by seq) as before from messages) m
     where created_at < before`;
  expect(backwards.length).toBe(0);
  const [lost] = await server.sql`
    select count(*) as count from channels c
     where last_message_seq <> (select max(seq) from messages where channel_id = c.id)`;
  expect(lost!["count"]).toBe(0);
});

test("B37: it is there once: of many calls at once one loads it, and the others are told", async () => {
  await using server = await startServer();
  const { owner } = await owned(server);
  const answers = await Promise.all([1, 2, 3].map(() => owner.post("/demo", undefined)));
  expect(answers.map(({ status }) => `${status}`).toSorted()).toEqual(["201", "409", "409"]);
  expect(answers.find(({ status }) => status === 409)!.json.code).toBe("demo_loaded");
  expect((await linesOf(owner)).length).toBe(8);
});

test("B37: a person of the example comes in by a link, talks with the owner, and is read", async () => {
  await using server = await startServer();
  const { ada, owner } = await owned(server);
  await owner.post("/demo", undefined);
  const grace = await enters(server, owner, names.grace);
  await using hers = await talk(server, grace, ada);
  await using mine = await talk(server, ada, grace);
  await hers.says("from the example");
  expect(await mine.hears(1)).toEqual(["from the example"]);
  await mine.says("and back");
  expect(await hers.hears(1)).toEqual(["and back"]);
});

test("B37: removed, everybody of the example is out at once, and its channels vanish from every open page", async () => {
  await using server = await startServer();
  const { ada, owner } = await owned(server);
  await owner.post("/demo", undefined);
  const grace = await enters(server, owner, names.grace);
  await using page = await talk(server, ada);
  const hers = await talk(server, grace);
  const channels = (await linesOf(owner)).map(({ id }) => id);

  expect(await owner.delete("/demo")).toMatchObject({ status: 204 });
  expect(await hers.closed).toMatchObject({ reason: "session_ended" });
  await vanishes(page, channels);
  expect(await linesOf(owner)).toEqual([]);
  expect(await new RestClient(server, grace).get("/account")).toMatchObject({
    json: { code: "account_inactive" },
  });
  expect((await owner.get("/users?limit=50")).json.users).toMatchObject([{ name: ada.name }]);
  expect((await owner.get("/unread")).json.total).toBe(0);
  const [left] =
    await server.sql`select count(*) as count from messages where body <> '' or counts or deleted_at is null`;
  expect(left!["count"]).toBe(0);
  expect(await streamsOutOfStep(server.sql)).toEqual([]);

  // Once more is harmless, and another one may be loaded.
  expect(await owner.delete("/demo")).toMatchObject({ status: 204 });
  expect(await owner.post("/demo", undefined)).toMatchObject({ status: 201 });
  expect((await linesOf(owner)).length).toBe(8);
});

test("B37: a real account keeps its own channels, and a group of real people only loses the people of the example", async () => {
  await using server = await startServer();
  const { ada, owner } = await owned(server);
  await owner.post("/demo", undefined);
  const real = await server.signIn({ name: "Mary Jackson", email: "mary@parley.test" });
  const asReal = new RestClient(server, real);
  const grace = await enters(server, owner, names.grace);
  const asGrace = new RestClient(server, grace);
  const own = await server.direct(ada, real);
  const withGrace = await server.direct(real, grace);
  const wish = { kind: "group", id: Bun.randomUUIDv7(), name: "wind tunnel", users: [real.id] };
  // Made by the example, so its only admin goes.
  const group = (await asGrace.post("/channels", wish)).json.id as ChannelId;
  const lobby = (await linesOf(owner)).find(({ name }) => name === "lobby")!.id;
  await owner.post(`/channels/${lobby}/members`, { users: [real.id] });
  const say = async (client: RestClient, channel: ChannelId, body: string) =>
    await client.post(`/channels/${channel}/messages`, {
      clientMessageId: Bun.randomUUIDv7(),
      body,
    });
  await say(asReal, own, "between us");
  await say(asReal, withGrace, "to the example");
  await say(asReal, group, "a real word");
  await say(asGrace, group, "and an answer");
  await using page = await talk(server, real);

  expect(await owner.delete("/demo")).toMatchObject({ status: 204 });
  await vanishes(page, [withGrace, lobby]);
  expect(new Set((await linesOf(asReal)).map(({ id }) => id))).toEqual(new Set([own, group]));
  const { messages } = (await asReal.get(`/channels/${group}/messages`)).json;
  expect(messages.map(({ body }: { body: string }) => body)).toEqual([
    "a real word",
    "and an answer",
  ]);
  expect((await asReal.get(`/channels/${group}/members`)).json.members).toMatchObject([
    { id: real.id, role: "admin" },
  ]);
  expect(await say(asReal, own, "still here")).toMatchObject({ status: 201 });
  expect(await say(asReal, lobby, "too late")).toMatchObject({ json: { code: "channel_gone" } });
  expect((await asReal.post("/channels", { kind: "direct", user: grace.id })).json.code).toBe(
    "user_unknown",
  );
});

test("B37: a removal that was cut short keeps another example out, and is finished by the next call", async () => {
  await using server = await startServer();
  const { owner } = await owned(server);
  await owner.post("/demo", undefined);
  const [first] = await linesOf(owner);
  await closeDemoAccounts(server.sql, new Date());
  await deleteDemoChannel(server.sql, first!.id);
  expect(await owner.post("/demo", undefined)).toMatchObject({ json: { code: "demo_loaded" } });
  expect((await linesOf(owner)).length).toBe(7);

  expect(await owner.delete("/demo")).toMatchObject({ status: 204 });
  expect(await linesOf(owner)).toEqual([]);
  const [left] = await server.sql`select count(*) as count from messages where body <> ''`;
  expect(left!["count"]).toBe(0);
  expect(await owner.post("/demo", undefined)).toMatchObject({ status: 201 });
});

test("B37: a removal that began before another one was over does not take what was loaded since", async () => {
  await using server = await startServer();
  const { owner } = await owned(server);
  await owner.post("/demo", undefined);
  const reached = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  // It stands where it looks for channels: the accounts are closed, nothing else is done.
  const late = removeDemo(
    { ...chatParts(server.sql), writing: pausing(server, reached, goOn), now: Date.now },
    () => undefined,
  );
  await reached.promise;
  await owner.delete("/demo");
  await owner.post("/demo", undefined);
  goOn.resolve();
  await late;
  expect((await owner.get("/demo")).json.people.length).toBe(7);
  expect((await linesOf(owner)).length).toBe(8);
});

/** The same database, whose first statement outside of a transaction waits. */
function pausing(
  { sql }: TestServer,
  reached: PromiseWithResolvers<void>,
  goOn: PromiseWithResolvers<void>,
): TestServer["sql"] {
  return new Proxy(sql, {
    apply: (target, self, given: Parameters<typeof sql>) => {
      reached.resolve();
      return goOn.promise.then(() => Reflect.apply(target, self, given) as unknown);
    },
  });
}

test("B37: what was said is blanked by portions, all of it", async () => {
  await using server = await startServer();
  const { ada } = await owned(server);
  const grace = await server.signIn(people.grace);
  const channel = await server.direct(ada, grace);
  await server.sql`
    insert into messages (channel_id, seq, author_id, client_message_id, body)
    select ${channel}, 10 + n, ${grace.id}, gen_random_uuid(), 'hello' from generate_series(1, ${2 * demoRowsMax + 1}) as n`;
  await server.sql`
    create function count_blanked() returns trigger language plpgsql as $$
    begin
      if (select count(*) from blanked) > ${server.sql.unsafe(String(demoRowsMax))} then raise exception 'too many at once'; end if;
      return null;
    end $$`.simple();
  await server.sql`
    create trigger few after update on messages referencing new table as blanked for each statement execute function count_blanked()`;
  await blankMessages(server.sql, channel);
  const [left] =
    await server.sql`select count(*) as count from messages where body <> '' or counts or deleted_at is null`;
  expect(left!["count"]).toBe(0);
});

test("B37: back before the example and forward again, nothing real is missing", async () => {
  await using server = await startServer();
  const { ada, owner } = await owned(server);
  await owner.post("/demo", undefined);
  await enters(server, owner, names.grace);
  await owner.delete("/demo");
  const { people: listed } = (await owner.post("/demo", undefined)).json;
  await owner.post(`/demo/people/${listed[0].id}/link`, undefined);
  expect((await migrate(server.database.url, { to: "005" })).ran).toContain("006_demo.sql");
  await migrate(server.database.url);
  expect((await owner.get("/account")).json.id).toBe(ada.id);
  expect((await owner.get("/demo")).json.people).toEqual([]);
});

test("B37: text ids of the example's direct channels are those of any", async () => {
  await using server = await startServer();
  const { ada, owner } = await owned(server);
  const loaded = (await owner.post("/demo", undefined)).json.people as {
    id: UserId;
    name: string;
  }[];
  const grace = loaded.find(({ name }) => name === names.grace)!;
  const before = (await linesOf(owner)).length;
  const { json } = await owner.post("/channels", { kind: "direct", user: grace.id });
  expect(json.textId).toBe(directTextId(ada.id, grace.id));
  expect((await linesOf(owner)).length).toBe(before);
});
