/** The first and the last moments of a socket, and of a server. */
import { afterAll, expect, test } from "bun:test";
import { decodeAnswers, encodeCommand } from "#wire/codec.ts";
import type { Command } from "#wire/command.ts";
import { joinGroup } from "./group.ts";
import { hello } from "./hello.ts";
import { people } from "./people.ts";
import { RawSocket } from "./raw-socket.ts";
import { startServer } from "./start-server.ts";
import { dial, talk } from "./talk.ts";
import { handshakeOf } from "./websocket-bytes.ts";
import { startWorkerProcess } from "./worker-process.ts";

const server = await startServer();
afterAll(() => server[Symbol.asyncDispose]());

/** What a handshake with these headers is answered. */
async function handshake(headers: Record<string, string>, path = "/ws"): Promise<string> {
  using raw = RawSocket.says(server.url, handshakeOf(server.url, { ...bare, ...headers }, path));
  await raw.until(() => raw.head !== "");
  return `${raw.head}\r\n`;
}
const bare = { "Sec-WebSocket-Protocol": undefined };
const protocol = { "Sec-WebSocket-Protocol": "parley.v1" };

test("S1: a page of another site can't open a socket; the own page and programs can", async () => {
  expect(await handshake({ ...protocol, Origin: "https://evil.example" })).toStartWith(
    "HTTP/1.1 403",
  );
  expect(await handshake({ ...protocol, Origin: "null" })).toStartWith("HTTP/1.1 403");
  expect(await handshake({ ...protocol, "Sec-Fetch-Site": "cross-site" })).toStartWith(
    "HTTP/1.1 403",
  );
  expect(await handshake({ ...protocol, Origin: server.url })).toStartWith("HTTP/1.1 101");
  expect(await handshake(protocol)).toStartWith("HTTP/1.1 101");
});

test("S14: forged headers open no socket to a page of another site", async () => {
  const own = new URL(server.url).host;
  const forged = { "X-Forwarded-Host": "evil.example", Forwarded: "host=evil.example;proto=https" };
  const refused = "HTTP/1.1 403";
  const evil = "https://evil.example";
  expect(await handshake({ ...protocol, ...forged, Origin: evil })).toStartWith(refused);
  expect(await handshake({ ...protocol, Host: "evil.example", Origin: server.url })).toStartWith(
    refused,
  );
  expect(await handshake({ ...protocol, Host: own, ...forged, Origin: server.url })).toStartWith(
    "HTTP/1.1 101",
  );
});

test("W1: a socket needs a subprotocol that the server speaks, which it confirms, and no compression", async () => {
  expect(await handshake({})).toStartWith("HTTP/1.1 400");
  expect(await handshake({ "Sec-WebSocket-Protocol": "chat" })).toStartWith("HTTP/1.1 400");
  const deflate = { "Sec-WebSocket-Extensions": "permessage-deflate" };
  const answer = await handshake({ ...protocol, ...deflate });
  expect(answer).toMatch(/sec-websocket-protocol: parley\.v1\r\n/i);
  expect(answer).not.toMatch(/deflate/i);
});

test("W1: only /ws is a socket's path", async () => {
  expect(await handshake(protocol, "/ws/else")).not.toStartWith("HTTP/1.1 101");
  expect(await handshake(protocol, "/api/v1/instance")).not.toStartWith("HTTP/1.1 101");
});

test("W1: a draining server answers what was begun, sends everybody elsewhere with 1012, and what was said is there", async () => {
  await using ada = await talk(server, people.ada, "lobby");
  const witnesses = [await talk(server, people.grace), await dial(server)];
  const seqs = Array.from({ length: 5 }, (_, at) =>
    ada.says(`before the end ${at}`).catch(() => 0),
  );
  await seqs[0];
  await server.restart();
  for (const socket of [ada, ...witnesses]) {
    expect(await socket.closed).toEqual({ code: 1012, reason: "restart" });
  }
  // Told when to come back, who was not greeted has nothing to come back to.
  for (const socket of [ada, witnesses[0]!]) {
    const goodbyes = socket.answers.filter((answer) => answer.op === "goodbye");
    expect(goodbyes).toEqual([{ op: "goodbye", returnAfterMs: expect.any(Number) }]);
  }
  expect(witnesses[1]!.answers).toEqual([]);
  const committed = (await Promise.all(seqs)).filter((seq) => seq > 0);
  await using back = await dial(server);
  await hello(back, ada.me!);
  const { channel } = ada;
  const page = await back.gets("page", { op: "history", channel, before: 0, limit: 50 });
  expect(page.rows.map(({ entity }) => entity)).toEqual(expect.arrayContaining(committed));
});

test("W1 M2: when the reply comes the message is committed, though the server dies at once; before the commit nobody sees it", async () => {
  const { sql } = server;
  const ada = await server.signIn(people.ada);
  const grace = await server.signIn(people.grace);
  const lobby = await joinGroup(sql, "lobby", ada.id);
  await joinGroup(sql, "lobby", grace.id);
  const worker = await startWorkerProcess(server.database);
  const doomed = { ...server, url: worker.url };
  await using reader = await dial(doomed);
  await hello(reader, grace);

  const socket = new WebSocket(`${worker.url.replace("http", "ws")}/ws`, "parley.v1");
  socket.binaryType = "arraybuffer";
  const sends = (command: Command): void =>
    socket.send(encodeCommand(command) as Uint8Array<ArrayBuffer>);
  const greeted = Promise.withResolvers<void>();
  const replied = Promise.withResolvers<number>();
  socket.addEventListener("open", () =>
    sends({ op: "hello", ref: 1, token: ada.token, epoch: "", streams: [] }),
  );
  socket.addEventListener("message", ({ data }) => {
    for (const answer of decodeAnswers(new Uint8Array(data as ArrayBuffer))) {
      if (answer.op === "caughtUp") greeted.resolve();
      if (answer.op !== "sent") continue;
      void worker.kill(); // In the very callback that brings the reply.
      replied.resolve(answer.fates[0]!.seq);
    }
  });
  await greeted.promise;

  // Somebody holds the channel: the statement waits, and is not committed.
  const held = Promise.withResolvers<void>();
  const locked = Promise.withResolvers<void>();
  const holding = sql.begin(async (tx) => {
    await tx`select from channels where id = ${lobby} for update`;
    locked.resolve();
    await held.promise;
  });
  await locked.promise;
  const clientMessageId = crypto.randomUUID();
  const drafts = [{ clientMessageId, body: "the last words", rootSeq: null }];
  sends({ op: "send", ref: 2, channel: lobby, drafts });
  for (let waiting = 0; waiting === 0;) {
    await reader.gets("pong", { op: "ping" });
    const [row] = await sql<{ count: number }[]>`
      select count(*) from pg_locks l join pg_stat_activity a using (pid)
       where not l.granted and a.application_name = 'parley batch' and a.datname = current_database()`;
    waiting = row!.count;
  }
  expect(reader.answers.some((one) => one.op === "interval" && one.stream === lobby)).toBe(false);
  held.resolve();
  await holding;

  const seq = await replied.promise;
  const [row] = await sql<{ seq: number; body: string }[]>`
    select seq, body from messages where client_message_id = ${clientMessageId}`;
  expect(row).toEqual({ seq, body: "the last words" });
}, 20_000);

test.each([
  ["HTTP/1.0 without a host", "GET /readyz HTTP/1.0\r\n\r\n", "200"],
  ["a host that is none", "GET /readyz HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n", "200"],
  ["no such page", "GET /api/nothing HTTP/1.0\r\n\r\n", "404"],
])(
  "S5: %s is answered, and nothing of the server's inside is shown",
  async (_, request, status) => {
    const { port } = new URL(server.url);
    const ended = Promise.withResolvers<string>();
    let answer = "";
    await Bun.connect({
      hostname: "127.0.0.1",
      port: Number(port),
      socket: {
        open: (socket) => void socket.write(request),
        data: (_socket, bytes) => void (answer += bytes.toString()),
        close: () => ended.resolve(answer),
      },
    });
    expect(await ended.promise).toStartWith(`HTTP/1.1 ${status}`);
    expect(answer).not.toMatch(/\.ts\b|<script|upgradeOf/);
  },
);
