import { expect, test } from "bun:test";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../test/directory.ts";
import { keepSecret } from "./secrets.ts";

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

test("a secret is made once and only its owner can read it", () => {
  using directory = temporaryDirectory();
  const secret = keepSecret(directory.path, "secret-key");
  expect(secret).toMatch(/^[0-9a-f]{64}$/);
  expect(keepSecret(directory.path, "secret-key")).toBe(secret);
  expect(keepSecret(directory.path, "another")).not.toBe(secret);
  expect(mode(join(directory.path, "secrets"))).toBe("700");
  expect(mode(join(directory.path, "secrets/secret-key"))).toBe("600");
});

test("what a full disk left of a secret is not taken for one", () => {
  using directory = temporaryDirectory();
  keepSecret(directory.path, "secret-key");
  writeFileSync(join(directory.path, "secrets/secret-key"), "");
  expect(() => keepSecret(directory.path, "secret-key")).toThrow("too short");
});
