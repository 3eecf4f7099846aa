import { afterAll, expect, test } from "bun:test";
import { createPrivateKey } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeCertificate } from "../test/certificate.ts";
import { temporaryDirectory } from "../test/directory.ts";
import { readTls } from "./tls.ts";

const directory = temporaryDirectory("parley-tls-");
afterAll(() => directory[Symbol.dispose]());

const own = makeCertificate(directory.path, "parley.test");
const other = makeCertificate(directory.path, "other.test");

function file(name: string, text: string): string {
  const path = join(directory.path, name);
  writeFileSync(path, text);
  return path;
}

test("S14: a certificate and its key are read; without them there is no https", async () => {
  const { cert, key, certPath: tlsCert, keyPath: tlsKey } = own;
  expect(await readTls({ tlsCert, tlsKey })).toEqual({ cert, key });
  expect(await readTls({})).toBeUndefined();
});

test("S14: a file that is missing, is something else, or belongs to another is named, and nothing of the key is said", async () => {
  const mistake = async (tlsCert: string, tlsKey: string): Promise<string> => {
    const read = await readTls({ tlsCert, tlsKey });
    return read && "mistake" in read ? read.mistake : "none";
  };
  const { certPath, keyPath } = own;
  expect(await mistake(`${certPath}.gone`, keyPath)).toBe(
    `TLS_CERT names ${certPath}.gone, which can't be read by this user.`,
  );
  expect(await mistake(certPath, directory.path)).toBe(
    `TLS_KEY names ${directory.path}, which can't be read by this user.`,
  );
  expect(await mistake(keyPath, keyPath)).toBe(
    `TLS_CERT names ${keyPath}, which holds no certificate in PEM.`,
  );
  expect(await mistake(certPath, certPath)).toContain(`TLS_KEY names ${certPath}, which holds no`);
  const locked = file(
    "locked.key",
    createPrivateKey(own.key).export({
      type: "pkcs8",
      format: "pem",
      cipher: "aes-256-cbc",
      passphrase: "a phrase that nobody types",
    }),
  );
  expect(await mistake(certPath, locked)).toContain("opens without a passphrase");
  expect(await mistake(certPath, other.keyPath)).toBe(
    `The key in ${other.keyPath} is not the one of the certificate in ${certPath}.`,
  );
});
