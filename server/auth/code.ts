import { createHash, randomBytes } from "node:crypto";

const codeBytes = 32; // Not to be guessed, so a plain hash without salt is enough to keep it by.

/** The code of a link, which is told once and kept nowhere, and the hash to know it again. */
export function makeCode(): { code: string; hash: Buffer } {
  const code = randomBytes(codeBytes).toString("base64url");
  return { code, hash: hashCode(code) };
}

/** What is stored in place of a code. */
export function hashCode(code: string): Buffer {
  return createHash("sha256").update(code).digest();
}

/** The address a person is given. The code stands in the fragment, which browsers send to nobody. */
export function linkTo(
  page: "setup" | "invite" | "reset" | "enter",
  code: string,
  publicUrl: string,
): string {
  return `${publicUrl}/${page}#code=${code}`;
}
