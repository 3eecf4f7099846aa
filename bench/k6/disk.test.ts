import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Disk } from "./disk.ts";

test("what the disk takes to keep a page is said with how often it was asked, and its file does not grow", async () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-disk-test-"));
  using disk = new Disk(folder);
  const { size } = statSync(join(folder, "disk"));
  await disk.probe(100);
  await disk.probe(50);
  expect(disk.said).toMatch(
    /^the disk kept 8 KB \(fdatasync, 150 times, .*\) in p50 [\d.,]+, p99 [\d.,]+, at most [\d.,]+ ms$/,
  );
  const [p50, p99, max] = disk.said
    .match(/[\d.,]+(?=, p99|, at most| ms$)/g)!
    .map((figure) => Number(figure.replaceAll(",", "")));
  expect(p50).toBeGreaterThan(0);
  expect(p99).toBeGreaterThanOrEqual(p50!);
  expect(max).toBeGreaterThanOrEqual(p99!);
  expect(statSync(join(folder, "disk")).size).toBe(size);
  rmSync(folder, { recursive: true });
});
