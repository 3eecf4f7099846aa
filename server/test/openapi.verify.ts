import { expect, setDefaultTimeout, test } from "bun:test";
import { runOperations } from "./openapi-run.ts";

setDefaultTimeout(600_000);

test("S5 D22: three hundred requests to each route, and no answer is a fault of ours", async () => {
  expect(await runOperations(300)).toBeGreaterThan(8_000);
});
