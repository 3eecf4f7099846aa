import { expect, test } from "bun:test";
import { openFilesMax, socketsMaxOf } from "./descriptors.ts";

test("S8: four fifths of the files may be sockets, and some are always left for the rest", () => {
  expect(socketsMaxOf(20_000)).toBe(16_000);
  expect(socketsMaxOf(200)).toBe(200 - 64);
  expect(socketsMaxOf(50)).toBe(1);
  expect(socketsMaxOf(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
});

test("S8: how many files may be open is what the shell says too", async () => {
  const said = (await Bun.$`sh -c "ulimit -n"`.text()).trim();
  expect(openFilesMax()).toBe(said === "unlimited" ? Number.POSITIVE_INFINITY : Number(said));
});
