/** A socket's own deadlines, with a clock that the test turns. */
import { afterAll, expect, test } from "bun:test";
import { closes } from "#wire/codes.ts";
import { limits } from "#wire/limits.ts";
import { createTokens } from "../auth/tokens.ts";
import { graceMs } from "../presence/presence.ts";
import { HandClock } from "./hand-clock.ts";
import { hello } from "./hello.ts";
import { people } from "./people.ts";
import { secretKey, startServer } from "./start-server.ts";
import { dial, type Talk, talk } from "./talk.ts";

const clock = new HandClock();
const seconds = (count: number): void => clock.pass(count * 1_000);
const server = await startServer({ clock });
const ada = await server.signIn(people.ada);
afterAll(() => server[Symbol.asyncDispose]());

const pings = (socket: Talk) => socket.gets("pong", { op: "ping" });
const tokenNow = async (): Promise<string> =>
  (await createTokens(secretKey, () => clock.now()).signAccessToken(ada.id, ada.sessionId))
    .accessToken;

/** Lets time pass as for a client that keeps its heartbeat. */
async function livesFor(socket: Talk, total: number): Promise<void> {
  for (let left = total; left > 0; left -= limits.heartbeatSeconds) {
    seconds(Math.min(left, limits.heartbeatSeconds));
    await pings(socket);
  }
}

test("W1: a socket that says no hello is closed after 5 s, and not before", async () => {
  const silent = await dial(server);
  seconds(limits.helloSecondsMax);
  await using greeted = await dial(server);
  expect(await silent.command({ op: "ping" })).toMatchObject({ code: "hello_first" });
  await hello(greeted, { token: await tokenNow() });
  seconds(1);
  expect(await silent.closed).toEqual({ code: closes.hello_late.number, reason: "hello_late" });
  seconds(limits.helloSecondsMax);
  await pings(greeted);
});

test("W1: a socket is closed after 60 s of silence, whatever the server sent it meanwhile", async () => {
  const silent = await talk(server, { ...ada, token: await tokenNow() }, "lobby");
  await using lively = await talk(server, { ...ada, token: await tokenNow() }, "lobby");
  await livesFor(lively, 50);
  await lively.says("are you there?");
  await silent.next("interval");
  await livesFor(lively, 10);
  seconds(1);
  expect(await silent.closed).toMatchObject({ code: closes.idle.number });
  await pings(lively);
});

test("P3 P4: who is silent for 60 s is offline by themselves, after the grace; who says every 25 s that they are there is not", async () => {
  const grace = await server.signIn(people.grace);
  await using looking = await talk(server, { ...ada, token: await tokenNow() }, grace);
  const greeted = await dial(server);
  const welcome = await hello(greeted, grace);
  expect(welcome).toMatchObject({ heartbeatSeconds: 25, idleSecondsMax: 60 });
  const isOnline = async () =>
    (await looking.gets("peoplePage", { op: "people", ids: [grace.id], query: "", after: null }))
      .people[0]!.online;
  for (let beat = 0; beat < 4; beat++) {
    seconds(welcome.heartbeatSeconds);
    await Promise.all([pings(looking), pings(greeted)]);
  }
  seconds(graceMs / 1_000);
  expect(await isOnline()).toBe(true);
  await livesFor(looking, welcome.idleSecondsMax);
  expect(await greeted.closed).toMatchObject({ code: closes.idle.number });
  expect(await isOnline()).toBe(true);
  seconds(graceMs / 1_000);
  expect(await isOnline()).toBe(false);
});

test("S1: a minute before the token expires its socket is told once, and renewed it lives on", async () => {
  const token = await tokenNow();
  await using socket = await talk(server, { ...ada, token });
  const expiresAtMs = Math.floor(clock.now() / 1_000) * 1_000 + 600_000;
  const warnings = () => socket.answers.filter(({ op }) => op === "tokenExpiring");
  await livesFor(socket, 600 - limits.tokenWarningSeconds - 16);
  expect(warnings()).toEqual([]);
  await livesFor(socket, 17);
  expect(warnings()).toEqual([{ op: "tokenExpiring", at: expiresAtMs }]);

  expect(await socket.command({ op: "renew", token: "no token" })).toMatchObject({
    code: "token_invalid",
  });
  await socket.gets("done", { op: "renew", token: await tokenNow() });
  await livesFor(socket, limits.tokenWarningSeconds + limits.tokenGraceSeconds + 5);
  expect(warnings()).toHaveLength(1);
  await livesFor(socket, 600 - limits.tokenWarningSeconds - limits.tokenGraceSeconds);
  expect(warnings()).toHaveLength(2);
});

test("S1: a socket lives at most 30 s longer than its token, and the old token does not renew it", async () => {
  const token = await tokenNow();
  const socket = await talk(server, { ...ada, token });
  await livesFor(socket, 600 + limits.tokenGraceSeconds - 2);
  expect(await socket.command({ op: "renew", token })).toMatchObject({ code: "token_expired" });
  seconds(4);
  expect(await socket.closed).toEqual({
    code: closes.token_expired.number,
    reason: "token_expired",
  });
});
