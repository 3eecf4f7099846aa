/** How much may come from one address, and how many sockets fit into one worker. */
import { afterAll, expect, test } from "bun:test";
import { connect } from "node:net";
import { findWithin } from "#lib/wait.ts";
import { entryLimits } from "../auth/entries.ts";
import { readConfig } from "../config.ts";
import { addressRates } from "../http/admission.ts";
import { paceLimits, ratesOf } from "../session/pace.ts";
import { HandClock } from "./hand-clock.ts";
import { joinGroup } from "./group.ts";
import { people } from "./people.ts";
import { RawSocket } from "./raw-socket.ts";
import { startServer } from "./start-server.ts";
import { dial, talk } from "./talk.ts";
import { handshakeOf, opcodes, frameOf } from "./websocket-bytes.ts";
import { startWorkerProcess } from "./worker-process.ts";

const { messagesPerSecond, commandsPerSecond } = readConfig({});
const rates = ratesOf({ messagesPerSecond, commandsPerSecond });
const socketsPerAddress = 10;
const clock = new HandClock();
// The test is a proxy that the server trusts: it says who is behind it.
const trustedProxies = ["127.0.0.1"];
const server = await startServer({
  clock,
  changes: { messagesPerSecond, commandsPerSecond, socketsPerAddress, trustedProxies },
});
afterAll(() => server[Symbol.asyncDispose]());

const from = (address: string): Record<string, string> => ({ "X-Forwarded-For": address });
async function shakes(address: string): Promise<RawSocket> {
  const raw = RawSocket.says(server.url, handshakeOf(server.url, from(address)));
  await raw.until(() => raw.head !== "");
  return raw;
}
async function leaves(raw: RawSocket): Promise<void> {
  raw.write(frameOf(new Uint8Array(), { opcode: opcodes.close }));
  await raw.ended;
}
const asks = (path: string, init: RequestInit & { headers?: Record<string, string> } = {}) =>
  fetch(`${server.url}${path}`, init);
const { arrivals, requests } = addressRates(socketsPerAddress);
/** Until so many more may come. */
const rest = (count: number): void => clock.pass((count / arrivals.perSecond) * 1_000);

test("S8: an address holds so many sockets; one more is 429 until one of them is gone, and others come in", async () => {
  const office = "203.0.113.7";
  const sockets = await Promise.all(
    Array.from({ length: socketsPerAddress }, () => shakes(office)),
  );
  expect(sockets.map(({ status }) => status)).toEqual(sockets.map(() => 101));
  const sent = await shakes(office);
  expect(sent.status).toBe(429);
  expect(sent.head).toMatch(/retry-after: 5/i);
  using other = await shakes("203.0.113.8");
  expect(other.status).toBe(101);

  rest(1);
  expect((await shakes(office)).status).toBe(429);
  await leaves(sockets.pop()!);
  sockets.push(await shakes(office));
  expect(sockets.at(-1)!.status).toBe(101);
  for (const socket of sockets) await leaves(socket);
});

test("S8: an address opens so many sockets at once, however short they live, and then so many per second", async () => {
  const office = "203.0.113.9";
  for (let opened = 0; opened < arrivals.atOnce; opened++) {
    const raw = await shakes(office);
    expect(raw.status).toBe(101);
    await leaves(raw);
  }
  const sent = await shakes(office);
  expect(sent.status).toBe(429);
  expect(sent.head).toMatch(new RegExp(`retry-after: ${1 / arrivals.perSecond}\\b`, "i"));
  rest(1);
  await leaves(await shakes(office));
  expect((await shakes(office)).status).toBe(429);
});

test("S8: an IPv6 network is one address; streams are counted with sockets, and their end too", async () => {
  const streams = await Promise.all(
    Array.from({ length: socketsPerAddress }, async (_, at) => {
      const ending = new AbortController();
      const headers = { "content-type": "application/json", ...from(`2001:db8::${at + 1}`) };
      const { signal } = ending;
      const response = await asks("/api/v1/stream", {
        method: "POST",
        body: "[13,1]",
        headers,
        signal,
      });
      return { ending, response };
    }),
  );
  expect(streams.map(({ response }) => response.status)).toEqual(streams.map(() => 200));
  expect((await shakes("2001:db8::ffff")).status).toBe(429);
  const headers = { "content-type": "application/json", ...from("2001:db8::ffff") };
  const sent = await asks("/api/v1/stream", { method: "POST", body: "[13,1]", headers });
  expect(sent.status).toBe(429);
  expect(sent.headers.get("retry-after")).toBe("5");
  expect(await sent.json()).toMatchObject({ code: "slow_down" });
  using neighbour = await shakes("2001:db8:0:1::1");
  expect(neighbour.status).toBe(101);
  for (const { ending } of streams) ending.abort();
  rest(1);
  const again = await findWithin(5_000, async () => {
    const raw = await shakes("2001:db8::ffff");
    return raw.status === 101 ? raw : undefined;
  });
  await leaves(again!);
});

test("S8: an address asks for so much at once; then it is 429 with the time to wait, and others are answered", async () => {
  const asking = (address: string) => asks("/api/v1/instance", { headers: from(address) });
  const answers = await Promise.all(
    Array.from({ length: requests.atOnce }, () => asking("198.51.100.1")),
  );
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  const sent = await asking("198.51.100.1");
  expect(sent.status).toBe(429);
  expect(sent.headers.get("retry-after")).toBe(`${1 / requests.perSecond}`);
  expect((await asking("198.51.100.2")).status).toBe(200);
  const ofNetwork = await Promise.all(
    Array.from({ length: requests.atOnce + 1 }, (_, at) => asking(`2001:db8:7::${at + 1}`)),
  );
  expect(ofNetwork.filter(({ status }) => status === 429)).toHaveLength(1);
  // What costs nothing is given to everybody.
  expect((await asks("/livez", { headers: from("198.51.100.1") })).status).toBe(200);
  clock.pass(1_000 / requests.perSecond);
  expect((await asking("198.51.100.1")).status).toBe(200);
});

test("S8: the frames of streams are not what an address is short of: eight count as a request", async () => {
  const headers = { "content-type": "application/json", ...from("198.51.100.3") };
  const says = () => asks("/api/v1/stream/of-nobody/1", { method: "POST", headers, body: "[]" });
  const answers = await Promise.all(Array.from({ length: 8 * requests.atOnce }, says));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([410]));
  expect((await says()).status).toBe(429);
});

test("S8: what changes a group counts tenfold over HTTP too", async () => {
  const { token } = await server.signIn(people.linus);
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const makes = () => {
    const body = JSON.stringify({ id: Bun.randomUUIDv7(), name: "ours", users: [] });
    return asks("/api/v1/channels", { method: "POST", headers, body });
  };
  const most = rates.commands.atOnce / paceLimits.groupCommandCost;
  for (let made = 0; made < most; made++) expect((await makes()).status).not.toBe(429);
  expect((await makes()).status).toBe(429);
});

test("S8: who only listens is counted too", async () => {
  const office = "203.0.113.10";
  const { token } = await server.signIn(people.grace);
  const sockets = await Promise.all(
    Array.from({ length: socketsPerAddress }, () => shakes(office)),
  );
  rest(1);
  const headers = { authorization: `Bearer ${token}`, ...from(office) };
  const made = await asks("/api/v1/stream/ticket", { method: "POST", headers });
  const { ticket } = (await made.json()) as { ticket: string };
  const ending = new AbortController();
  const listens = () =>
    asks(`/api/v1/stream/events?ticket=${ticket}`, { headers, signal: ending.signal });
  expect((await listens()).status).toBe(429);
  await leaves(sockets.pop()!);
  // The ticket was not spent by that.
  expect((await listens()).status).toBe(200);
  ending.abort();
  for (const socket of sockets) await leaves(socket);
});

test("S8: of listeners who come in one moment no more are let in than one by one", async () => {
  const office = "203.0.113.11";
  const { token } = await server.signIn(people.grace);
  const headers = { authorization: `Bearer ${token}`, ...from(office) };
  const sockets = await Promise.all(
    Array.from({ length: socketsPerAddress - 1 }, () => shakes(office)),
  );
  rest(1);
  const ending = new AbortController();
  const listens = async () => {
    const made = await asks("/api/v1/stream/ticket", { method: "POST", headers });
    const { ticket } = (await made.json()) as { ticket: string };
    return () => asks(`/api/v1/stream/events?ticket=${ticket}`, { headers, signal: ending.signal });
  };
  const listeners = await Promise.all([listens(), listens()]);
  const answers = await Promise.all(listeners.map((listen) => listen()));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(1);
  ending.abort();
  for (const socket of sockets) await leaves(socket);
});

test("S8: who goes before the answer has begun, asks for its head alone or has no good ticket, holds no place", async () => {
  const office = "203.0.113.12";
  const { token } = await server.signIn(people.grace);
  const headers = { authorization: `Bearer ${token}`, ...from(office) };
  const { hostname, port } = new URL(server.url);
  const goesAtOnce = (path: string): Promise<void> =>
    new Promise((gone) => {
      const socket = connect(Number(port), hostname).once("close", () => gone());
      socket
        .resume()
        .end(`GET ${path} HTTP/1.1\r\nHost: there\r\nX-Forwarded-For: ${office}\r\n\r\n`);
    });
  const path = async (): Promise<string> => {
    const made = await asks("/api/v1/stream/ticket", { method: "POST", headers });
    return `/api/v1/stream/events?ticket=${((await made.json()) as { ticket: string }).ticket}`;
  };
  const areFree = async (): Promise<boolean> => {
    rest(socketsPerAddress);
    const sockets: RawSocket[] = [];
    const areAllIn = async (): Promise<true | undefined> => {
      for (let raw = await shakes(office); raw.status === 101; raw = await shakes(office)) {
        sockets.push(raw);
      }
      return sockets.length === socketsPerAddress ? true : undefined;
    };
    const areIn = await findWithin(5_000, areAllIn);
    for (const socket of sockets) await leaves(socket);
    rest(socketsPerAddress);
    return areIn === true;
  };
  for (let gone = 0; gone < socketsPerAddress; gone++) await goesAtOnce(await path());
  expect(await areFree()).toBe(true);
  for (let asked = 0; asked < socketsPerAddress; asked++) {
    expect((await asks(await path(), { method: "HEAD", headers })).status).toBe(200);
  }
  expect(await areFree()).toBe(true);
  for (let forged = 0; forged < socketsPerAddress; forged++) {
    const answer = await asks("/api/v1/stream/events?ticket=forged", { headers });
    expect(answer.status).toBe(401);
  }
  expect(await areFree()).toBe(true);
});

test("S8: the machine itself is not counted: a proxy that nobody named would make everybody one address", async () => {
  await using plain = await startServer({
    changes: { socketsPerAddress: 1 },
    database: server.database,
  });
  const sockets = await Promise.all(Array.from({ length: 5 }, () => dial(plain)));
  for (const socket of sockets) await socket.leaves();
});

test("S8: over HTTP a user's questions and messages are counted with those of their sockets", async () => {
  const ada = await server.signIn(people.ada);
  await using socket = await talk(server, ada, "lobby");
  const channel = await joinGroup(server.sql, "lobby", ada.id);
  const headers = { authorization: `Bearer ${ada.token}`, "content-type": "application/json" };
  const reads = () => asks("/api/v1/account", { headers });
  // One was the socket's own, which opened the channel.
  for (let asked = 1; asked < rates.commands.atOnce; asked++) {
    expect((await reads()).status).toBe(200);
  }
  const sent = await reads();
  expect(sent.status).toBe(429);
  expect(sent.headers.get("retry-after")).toBe("1");
  expect(await sent.json()).toMatchObject({ code: "slow_down" });

  const says = () =>
    asks(`/api/v1/channels/${channel}/messages`, {
      method: "POST",
      headers,
      body: JSON.stringify({ clientMessageId: crypto.randomUUID(), body: "by HTTP" }),
    });
  for (let said = 0; said < rates.messages.atOnce; said += 2) {
    await socket.says("by socket");
    expect((await says()).status).toBe(201);
  }
  expect((await says()).status).toBe(429);
  clock.pass(1_000);
  expect((await says()).status).toBe(201);
});

test("S8: a session gets so many tickets in a minute, and is told when it gets another", async () => {
  const { token } = await server.signIn(people.grace);
  const headers = { authorization: `Bearer ${token}` };
  const makes = () => asks("/api/v1/stream/ticket", { method: "POST", headers });
  for (let made = 0; made < entryLimits.ticketsBySession.points; made++) {
    expect((await makes()).status).toBe(201);
  }
  const sent = await makes();
  expect(sent.status).toBe(429);
  expect(Number(sent.headers.get("retry-after"))).toBeGreaterThan(30);
  const { token: another } = await server.signIn(people.grace);
  const init = { method: "POST", headers: { authorization: `Bearer ${another}` } };
  expect((await asks("/api/v1/stream/ticket", init)).status).toBe(201);
});

test("S8: a worker takes fewer sockets than files may be open; who comes then is 503, and those who are in talk on", async () => {
  const files = 192;
  const worker = await startWorkerProcess(server.database, { openFilesMax: files });
  const place = { ...server, url: worker.url };
  try {
    await using ada = await talk(place, people.ada, "lobby");
    const sockets: RawSocket[] = [];
    const shake = async (): Promise<RawSocket> => {
      const raw = RawSocket.says(worker.url, handshakeOf(worker.url));
      await raw.until(() => raw.head !== "");
      return raw;
    };
    for (let raw = await shake(); raw.status === 101; raw = await shake()) sockets.push(raw);
    expect(sockets.length + 1).toBe(files - 64);
    const sent = await shake();
    expect(sent.status).toBe(503);
    expect(sent.head).toMatch(/retry-after: 5/i);
    const stream = await fetch(`${worker.url}/api/v1/stream`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "[13,1]",
    });
    expect(stream.status).toBe(503);
    expect(await stream.json()).toMatchObject({ code: "busy" });

    await ada.says("still here");
    expect((await fetch(`${worker.url}/readyz`)).status).toBe(200);
    await leaves(sockets.pop()!);
    using next = await shake();
    expect(next.status).toBe(101);
    for (const socket of sockets) await leaves(socket);
  } finally {
    await worker.kill();
  }
});
