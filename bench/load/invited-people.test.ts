import { afterAll, beforeAll, expect, test } from "bun:test";
import { setupLink } from "../../server/auth/setup.ts";
import { people } from "../../server/test/people.ts";
import { startServer, type TestServer } from "../../server/test/start-server.ts";
import { type Administrator, InvitedPeople } from "./invited-people.ts";
import { makePopulation } from "./population.ts";

let server: TestServer;
let ada = "";

async function post(path: string, body: unknown, token = ""): Promise<Record<string, string>> {
  const answer = await fetch(`${server.url}/api/v1/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(201);
  return (await answer.json()) as Record<string, string>;
}

const codeOf = (link: string) => new URL(link).hash.replace("#code=", "");

beforeAll(async () => {
  server = await startServer();
  const code = codeOf((await setupLink(server.sql, server.url))!);
  ada = (await post("setup", { code, ...people.ada }))["accessToken"]!;
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

test("an administrator's invitation brings people, who come in; afterwards nothing of it can be used", async () => {
  {
    await using invited = await InvitedPeople.enter(server.url, people.ada);
    const wanted = { people: 3, members: 3, channelsPerPerson: 1 };
    const { channels } = await makePopulation({ url: server.url, people: invited }, wanted);
    expect(new Set(channels[0]!.members.map(({ id }) => id)).size).toBe(3);
  }
  const [left] = await server.sql<[{ invitations: number; sessions: number }]>`
    select (select count(*) from invitations where revoked_at is null) as invitations,
      (select count(*) from sessions join users on users.id = user_id
        where email = ${people.ada.email} and ended_at is null) as sessions`;
  // The one of setting up.
  expect(left).toEqual({ invitations: 0, sessions: 1 });
});

test("who may not sign in, or not invite, is told so by what the server says", async () => {
  const refusalOf = (who: Administrator): Promise<string> =>
    InvitedPeople.enter(server.url, who).then(() => "none", String);
  const stranger = { email: people.ada.email, password: "not-her-password" };
  expect(await refusalOf(stranger)).toMatch(/^Error: POST session of .*: 401 /);
  const { link } = await post("invitations", { usesMax: 1, expiresInHours: 1 }, ada);
  await post("invitations/accept", { code: codeOf(link!), ...people.grace });
  expect(await refusalOf(people.grace)).toMatch(/^Error: POST invitations of .*: 403 /);
});
