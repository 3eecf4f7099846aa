import { expect, test } from "bun:test";
import type { UserId } from "#wire/ids.ts";
import { people } from "../test/people.ts";
import { createVerify } from "./verify.ts";

const account = { id: 11 as UserId, name: people.ada.name, email: people.ada.email } as const;
const ada = { account: { ...account, role: "member" }, sessionId: "hers", expiresAtMs: 1 } as const;

/** Ada's token, hellos that are answered by hand, and the sessions that this worker knows to have ended. */
function start() {
  const ended = new Set<string>();
  const counting = Promise.withResolvers<number>();
  const counted: UserId[] = [];
  const verify = createVerify({
    admit: async () => ada,
    entries: {
      hello: (user) => {
        counted.push(user);
        return counting.promise;
      },
    },
    hasEnded: (sessionId) => ended.has(sessionId),
  });
  return { ...verify, ended, counted, counting };
}

test("S8: one more socket is counted, a newer token for a socket is not", async () => {
  const { verify, enter, counted, counting } = start();
  expect(await verify("token")).toMatchObject({ userId: account.id });
  expect(counted).toEqual([]);
  counting.resolve(1_500);
  expect(await enter("token")).toEqual({ refused: "slow_down", retryAfterMs: 1_500 });
  expect(counted).toEqual([account.id]);
});

test("B17 S8: a session that ends while its hello is counted does not come in", async () => {
  const { enter, ended, counting } = start();
  const entering = enter("token");
  ended.add(ada.sessionId);
  counting.resolve(0);
  expect(await entering).toEqual({ refused: "token_invalid" });
});
