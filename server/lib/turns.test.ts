import { expect, test } from "bun:test";
import { Turns } from "./turns.ts";

test("so many calls run at once, the others in order, also behind one that fails", async () => {
  const turns = new Turns(2);
  const calls = Array.from({ length: 5 }, () => Promise.withResolvers<number>());
  const begun: number[] = [];
  const taken = calls.map(({ promise }, index) =>
    turns
      .take(() => {
        begun.push(index);
        return promise;
      })
      .catch((error: Error) => error.message),
  );
  expect(begun).toEqual([0, 1]);
  calls[1]!.reject(new Error("broken"));
  expect(await taken[1]!).toBe("broken");
  expect(begun).toEqual([0, 1, 2]);
  for (const index of [0, 2, 3, 4]) calls[index]!.resolve(index);
  expect(await Promise.all(taken)).toEqual([0, "broken", 2, 3, 4]);
  expect(begun).toEqual([0, 1, 2, 3, 4]);
});
