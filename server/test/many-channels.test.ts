/** Somebody who is in five thousand channels. */
import { afterAll, expect, test } from "bun:test";
import type { EventOf } from "#wire/event.ts";
import type { ChannelId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import { people } from "./people.ts";
import { startServer } from "./start-server.ts";
import { type Talk, talk } from "./talk.ts";

const count = 5_000;
const server = await startServer();
const ada = await server.signIn(people.ada);
const grace = await server.signIn(people.grace);
afterAll(() => server[Symbol.asyncDispose]());

/** Each with a message of Grace's, each a second younger than the one before. */
const channels = (
  await server.sql<{ id: ChannelId }[]>`
    with made as (
      insert into channels (text_id, kind, name, head, last_message_seq)
      select 'many-' || n, 'group', 'many ' || n, 1, 1 from generate_series(1, ${count}::int) n
      returning id, substr(text_id, 6)::int as n
    ), joined as (
      insert into members (channel_id, user_id) select id, u from made cross join unnest(${[ada.id, grace.id]}::bigint[]) u
    ), said as (
      insert into messages (channel_id, seq, author_id, client_message_id, counts, created_at, body)
      select id, 1, ${grace.id}, gen_random_uuid(), true, now() - interval '1 day' + n * interval '1 second', 'in ' || n from made
    )
    select id from made order by n`
).map(({ id }) => id);

const summaries = (socket: Talk): EventOf<"summary">[] =>
  socket.answers.filter((one): one is EventOf<"summary"> => one.op === "summary");

test("W3 W2: who is in 5,000 channels is told the newest 256 first, then all of them, once", async () => {
  await using socket = await talk(server, ada);
  const first = socket.answers.slice(
    0,
    socket.answers.findIndex(({ op }) => op === "caughtUp"),
  );
  expect(first.filter(({ op }) => op === "summary")).toHaveLength(limits.summariesFirstMax);
  await socket.next("summary", ({ channel }) => channel === channels[0]);
  expect(summaries(socket).map(({ channel }) => channel)).toEqual(channels.toReversed());
  expect(new Set(summaries(socket).map(({ unread }) => unread))).toEqual(new Set([1]));
});

test("W2: of 5,000 channels the newest thousand are heard unasked, an open one always, and the rest when it is asked for", async () => {
  await using socket = await talk(server, ada);
  const opened = channels[1]!;
  await socket.gets("opened", { op: "open", channel: opened, epoch: "", cursor: 0 });
  await using author = await talk(server, grace);
  const says = async (channel: ChannelId): Promise<number> => {
    author.channel = channel;
    return author.says("news");
  };
  const within = channels.at(-limits.subscribedMax)!;
  const beyond = channels.at(-limits.subscribedMax - 1)!;
  await says(beyond);
  for (const channel of [within, opened]) {
    const seq = await says(channel);
    const heard = await socket.next(
      "interval",
      ({ stream, through }) => stream === channel && through === seq,
    );
    expect(heard.rows).toHaveLength(1);
  }
  const heardOf = socket.answers.filter((one) => one.op === "interval" && one.stream === beyond);
  expect(heardOf).toEqual([]);
  await socket.gets("done", { op: "summaries", channels: [beyond] });
  expect(summaries(socket).at(-1)).toMatchObject({ channel: beyond, asOf: 2, unread: 2 });
});
