import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasCode } from "./refused.ts";

const secretBytes = 32;

/** The secret of that name, made at the first call and kept in the data directory for its owner's eyes only. */
export function keepSecret(dataDir: string, name: string): string {
  const directory = join(dataDir, "secrets");
  const path = join(directory, name);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  try {
    return readSecret(path);
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
  }
  // Whole or not at all: half a secret, left by a full disk, would be taken for one.
  const unfinished = `${path}.new`;
  writeFileSync(unfinished, randomBytes(secretBytes).toString("hex"), { mode: 0o600 });
  linkSync(unfinished, path);
  unlinkSync(unfinished);
  return readSecret(path);
}

function readSecret(path: string): string {
  const secret = readFileSync(path, "utf8").trim();
  if (secret.length < secretBytes) throw new Error(`${path} is too short to be a secret`);
  return secret;
}
