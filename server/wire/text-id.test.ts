import { expect, test } from "bun:test";
import fc from "fast-check";

import type { UserId } from "./ids.ts";
import { directTextId, groupTextId } from "./text-id.ts";
import { ada, grace } from "./vectors/names.ts";

const user = fc.maxSafeNat().map((number) => Math.max(1, number) as UserId);

test("C1: a pair has one id whoever begins, the smaller number first", () => {
  expect(directTextId(ada, grace)).toBe("dm-11-12");
  expect(directTextId(grace, ada)).toBe("dm-11-12");
});

test("C1: numbers are sorted as numbers, not as text", () => {
  expect(directTextId(100 as UserId, 9 as UserId)).toBe("dm-9-100");
});

test("C1: a note to oneself is a pair too", () => {
  expect(directTextId(ada, ada)).toBe("dm-11-11");
});

test("C1: no two pairs share an id, and each names its pair", () => {
  fc.assert(
    fc.property(user, user, (one, other) => {
      const id = directTextId(one, other);
      expect(id).toBe(directTextId(other, one));
      expect(id.slice("dm-".length).split("-").map(Number)).toEqual(
        [one, other].sort((a, b) => a - b),
      );
      expect(id.length).toBeLessThanOrEqual(120);
    }),
  );
});

test("C5: a group's id is the time and the chance of the UUID that its maker's client made", () => {
  expect(groupTextId("019a7780-6210-7000-8000-000000000003")).toBe(
    "group-1762941493776-70008000000000000003",
  );
  const id = Bun.randomUUIDv7();
  expect(Math.abs(Number(groupTextId(id).split("-")[1]) - Date.now())).toBeLessThan(1_000);
  expect(groupTextId(id)).toBe(groupTextId(id));
  expect(groupTextId(Bun.randomUUIDv7())).not.toBe(groupTextId(id));
});
