import { expect, test } from "bun:test";
import { people } from "../test/people.ts";
import { createPasswords } from "./password.ts";

const { password } = people.ada;

test("a password is kept as argon2id, never twice the same", async () => {
  const passwords = createPasswords();
  const [one, two] = await Promise.all([passwords.hash(password), passwords.hash(password)]);
  expect(one).toStartWith("$argon2id$v=19$m=65536,t=2,p=1$");
  expect(one).not.toBe(two);
  expect(one).not.toContain(password);
});

test("the right password matches and another does not", async () => {
  const passwords = createPasswords();
  const hash = await passwords.hash(password);
  expect(await passwords.matches(password, hash)).toBe(true);
  expect(await passwords.matches(`${password} `, hash)).toBe(false);
  expect(await passwords.matches(password, undefined)).toBe(false);
  expect(await passwords.matches(password, null)).toBe(false);
});

test("a letter is the same letter from every keyboard", async () => {
  const passwords = createPasswords();
  const hash = await passwords.hash("caf\u00E9 au lait");
  expect(await passwords.matches("cafe\u0301 au lait", hash)).toBe(true);
});

test("an account that does not exist takes as long as a wrong password", async () => {
  const passwords = createPasswords();
  const hash = await passwords.hash(password);
  const quickest = async (compared: string | undefined): Promise<number> => {
    const times: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      const startedAt = performance.now();
      await passwords.matches("not the password", compared);
      times.push(performance.now() - startedAt);
    }
    return Math.min(...times);
  };
  const known = await quickest(hash);
  const unknown = await quickest(undefined);
  // Without the work it is a thousandth; the machine's other work makes no factor of three in the quickest of four.
  expect(unknown).toBeGreaterThan(known / 3);
  expect(unknown).toBeLessThan(known * 3);
});

test("only so many hash at once and only so many wait; who comes then is told at once", async () => {
  const passwords = createPasswords({ atOnceMax: 1, waitingMax: 2 });
  await passwords.matches(password, undefined); // The hash of nobody's password is made by now.
  const order: number[] = [];
  const outcomes = [1, 2, 3, 4].map(async (number) => {
    const outcome = await passwords.matches(password, undefined);
    order.push(number);
    return outcome;
  });
  expect(await outcomes[3]).toBeUndefined();
  expect(await Promise.all(outcomes)).toEqual([false, false, false, undefined]);
  expect(order).toEqual([4, 1, 2, 3]);
  expect(await passwords.matches(password, undefined)).toBe(false);
});

test("a hash that can't be read fails aloud and leaves its place to the next", async () => {
  const passwords = createPasswords({ atOnceMax: 1, waitingMax: 1 });
  const failure = await passwords.matches(password, "no hash").catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Error);
  expect(await passwords.matches(password, undefined)).toBe(false);
});
