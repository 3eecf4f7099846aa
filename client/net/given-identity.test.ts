import { expect, test } from "bun:test";

import { GivenIdentity } from "./given-identity.ts";

const ada = { id: 1, name: "Ada Lovelace", email: null, role: "member" };

function begin(answer: () => Response | Promise<Response>) {
  const asked: string[] = [];
  const given: { fresh: boolean }[] = [];
  const identity = new GivenIdentity({
    log: () => undefined,
    give: (want) => {
      given.push(want);
      return `token ${given.length}`;
    },
    fetch: async (path, init) => {
      asked.push(`${path} ${new Headers(init?.headers).get("authorization")}`);
      return answer();
    },
  });
  return { identity, asked, given };
}

test("U6: who a token belongs to is asked once, and every need of a token is the host's to fill", async () => {
  const { identity, asked, given } = begin(() => Response.json(ada));
  expect(await identity.token()).toEqual({ token: "token 1" });
  expect(identity.me.value).toMatchObject({ name: "Ada Lovelace" });
  expect(await identity.token({ fresh: true })).toEqual({ token: "token 2" });
  expect(given).toEqual([{ fresh: false }, { fresh: true }]);
  expect(asked).toEqual(["/api/v1/account Bearer token 1"]);
});

test.each([
  [401, "expired"],
  [403, "inactive"],
] as const)("U6 S2: a token that the server refuses with %d ends it: %s", async (status, why) => {
  const { identity } = begin(() => new Response(undefined, { status }));
  expect(await identity.token()).toEqual({ refused: "signed_out" });
  expect(identity.out.value).toBe(why);
});

test("U6 E12: a server that is away or ill, and a host that gives nothing, end nothing", async () => {
  const ill = begin(() => new Response(undefined, { status: 503 }));
  expect(await ill.identity.token()).toEqual({ refused: "unreachable" });
  const away = begin(() => Promise.reject(new Error("no network")));
  expect(await away.identity.token()).toEqual({ refused: "unreachable" });
  expect([ill.identity.out.value, away.identity.out.value]).toEqual([undefined, undefined]);
});

test("U6: signing out forgets who it was", async () => {
  const { identity } = begin(() => Response.json(ada));
  await identity.token();
  await identity.signOut();
  expect([identity.me.value, identity.out.value]).toEqual([undefined, "left"]);
});
