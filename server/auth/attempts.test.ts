import { expect, test } from "bun:test";
import { connectRedis } from "../fanout/redis.ts";
import { people } from "../test/people.ts";
import { redisProgram, TestRedis } from "../test/redis.ts";
import { attemptLimits, createAttempts, type Attempts } from "./attempts.ts";
import { countTogether } from "./counters.ts";
import type { AuthRefusal } from "./refusal.ts";

const email: string = people.ada.email;
const byAddress = attemptLimits.signInsByAddress.points;
const byAccount = attemptLimits.signInsByAccount.points;

const wrong = async (): Promise<AuthRefusal> =>
  await Promise.resolve({ refused: "wrong_credentials" });
const right = async () => await Promise.resolve({ signedIn: true });

async function fail(attempts: Attempts, address: string, account = email): Promise<string> {
  const outcome = await attempts.signIn({ address, email: account }, wrong);
  return outcome.refused;
}

test("from one address so many sign-ins may fail, whatever the account, then it waits", async () => {
  const attempts = createAttempts();
  for (let count = 0; count < byAddress; count += 1) {
    expect(await fail(attempts, "192.0.2.1", `${count}@parley.test`)).toBe("wrong_credentials");
  }
  const outcome = await attempts.signIn({ address: "192.0.2.1", email }, right);
  expect(outcome).toMatchObject({ refused: "too_many_attempts" });
  const { retryAfterSeconds } = outcome as AuthRefusal;
  expect(retryAfterSeconds).toBeGreaterThan(attemptLimits.signInsByAddress.duration - 10);
  expect(retryAfterSeconds).toBeLessThanOrEqual(attemptLimits.signInsByAddress.duration);
  expect(await attempts.signIn({ address: "192.0.2.2", email }, right)).toEqual({ signedIn: true });
});

test("to one account so many sign-ins may fail, from wherever, then it waits", async () => {
  const attempts = createAttempts();
  for (let count = 0; count < byAccount; count += 1) {
    expect(await fail(attempts, `192.0.2.${count}`)).toBe("wrong_credentials");
  }
  expect(await fail(attempts, "198.51.100.1")).toBe("too_many_attempts");
  expect(await fail(attempts, "198.51.100.1", people.grace.email)).toBe("wrong_credentials");
});

test("one address alone can't shut a person out", () => {
  const { signInsByAddress, signInsByAccount } = attemptLimits;
  const rounds = signInsByAccount.duration / signInsByAddress.duration;
  expect(signInsByAddress.points * rounds).toBeLessThan(signInsByAccount.points);
});

test("of many at once no more are tried than may fail", async () => {
  const attempts = createAttempts();
  let tried = 0;
  const outcomes = await Promise.all(
    Array.from(
      { length: byAddress * 2 },
      async () =>
        await attempts.signIn({ address: "192.0.2.1", email }, async () => {
          tried += 1;
          return await wrong();
        }),
    ),
  );
  expect(tried).toBe(byAddress);
  expect(outcomes.filter(({ refused }) => refused === "too_many_attempts")).toHaveLength(byAddress);
});

test("signing in rightly is never too often", async () => {
  const attempts = createAttempts();
  for (let count = 0; count < byAccount * 2; count += 1) {
    const outcome = await attempts.signIn({ address: "192.0.2.1", email }, right);
    expect(outcome).toEqual({ signedIn: true });
  }
});

test("S8: an attempt that nobody could judge is none: a crowd shuts nobody out, nor does a database that was away", async () => {
  const attempts = createAttempts();
  const from = { address: "192.0.2.1", email };
  const judgesNot = [
    async (): Promise<AuthRefusal> => await Promise.resolve({ refused: "busy" }),
    async () => await Promise.reject(new Error("the database is away")),
  ];
  for (const attempt of judgesNot) {
    for (let count = 0; count < byAccount + 1; count += 1) {
      await attempts.signIn(from, attempt).catch(() => undefined);
      await attempts.link("192.0.2.1", attempt).catch(() => undefined);
    }
  }
  expect(await attempts.signIn(from, right)).toEqual({ signedIn: true });
  expect(await attempts.link("192.0.2.1", right)).toEqual({ signedIn: true });
});

test("an IPv6 network of 64 bits counts as one address, its neighbour does not", async () => {
  const attempts = createAttempts();
  for (let count = 0; count < byAddress; count += 1) {
    await fail(attempts, `2001:db8:0:1::${count.toString(16)}`, `${count}@parley.test`);
  }
  expect(await fail(attempts, "2001:db8:0:1:ffff:ffff:ffff:ffff")).toBe("too_many_attempts");
  expect(await fail(attempts, "2001:0db8:0000:0001::")).toBe("too_many_attempts");
  expect(await fail(attempts, "2001:db8::1")).toBe("wrong_credentials");
  expect(await fail(attempts, "::1")).toBe("wrong_credentials");
});

test("codes of links are limited by address, apart from sign-ins", async () => {
  const attempts = createAttempts();
  for (let count = 0; count < attemptLimits.linksByAddress.points; count += 1) {
    expect(await attempts.link("192.0.2.1", wrong)).toEqual({ refused: "wrong_credentials" });
  }
  expect(await attempts.link("192.0.2.1", right)).toMatchObject({ refused: "too_many_attempts" });
  expect(await attempts.link("192.0.2.2", right)).toEqual({ signedIn: true });
  expect(await fail(attempts, "192.0.2.1")).toBe("wrong_credentials");
});

test.skipIf(redisProgram === undefined)(
  "S8: workers on one Redis count together, and while it is away each for itself",
  async () => {
    await using redis = await TestRedis.start();
    const connections = [connectRedis(redis.url), connectRedis(redis.url)];
    await Promise.all(connections.map((each) => new Promise((ready) => each.once("ready", ready))));
    const [one, other] = connections.map((each) => createAttempts(countTogether(each))) as [
      Attempts,
      Attempts,
    ];
    for (let count = 0; count < byAddress; count += 1) {
      const attempts = count % 2 === 0 ? one : other;
      expect(await fail(attempts, "192.0.2.1", `${count}@parley.test`)).toBe("wrong_credentials");
    }
    expect(await fail(one, "192.0.2.1")).toBe("too_many_attempts");
    expect(await fail(other, "192.0.2.1")).toBe("too_many_attempts");
    const keys = await redis.ask("keys", "*192.0.2.1");
    expect(keys).toEqual(["attempts:signInsByAddress:192.0.2.1"]);
    // Who gets in takes nothing away.
    const from = { address: "192.0.2.2", email };
    for (let count = 0; count < byAddress + 1; count += 1) {
      expect(await one.signIn(from, right)).toEqual({ signedIn: true });
    }
    await redis.kill();
    for (let count = 0; count < byAddress; count += 1) {
      expect(await fail(one, "192.0.2.1", `${count}@parley.test`)).toBe("wrong_credentials");
    }
    expect(await fail(one, "192.0.2.1")).toBe("too_many_attempts");
    for (const connection of connections) connection.disconnect();
  },
);
