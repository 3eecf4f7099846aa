import { generateKeyPairSync, sign } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** A certificate that signed itself, with its key, in PEM and in files. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
  readonly certPath: string;
  readonly keyPath: string;
}

const dayMs = 24 * 60 * 60 * 1_000;
const loopback = Buffer.from([127, 0, 0, 1]);

/** DER by hand (X.690), so that no test needs a program for it: a tag, a length, and what it holds. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const long = length > 0xff ? [0x82, length >> 8, length & 0xff] : [0x81, length];
  return Buffer.concat([Buffer.from([tag, ...(length < 0x80 ? [length] : long)]), content]);
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const objectId = (hex: string): Buffer => der(0x06, Buffer.from(hex, "hex"));

/** UTCTime, to the second. */
function timeOf(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\D/g, "").slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
}

/** Makes one for a name and 127.0.0.1, valid from yesterday until tomorrow (RFC 5280), in a directory that is there. */
export function makeCertificate(directory: string, name: string): TestCertificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = sequence(objectId("2a8648ce3d040302")); // ecdsa-with-SHA256
  const subject = sequence(
    der(0x31, sequence(objectId("550403"), der(0x0c, Buffer.from(name)))), // commonName
  );
  const names = sequence(der(0x82, Buffer.from(name)), der(0x87, loopback));
  const extensions = sequence(sequence(objectId("551d11"), der(0x04, names))); // subjectAltName
  const signed = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))), // Version 3.
    der(0x02, Buffer.from([1])),
    algorithm,
    subject,
    sequence(timeOf(Date.now() - dayMs), timeOf(Date.now() + dayMs)),
    subject,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, extensions),
  );
  const signature = der(0x03, Buffer.from([0]), sign("sha256", signed, privateKey));
  const base64 = sequence(signed, algorithm, signature).toString("base64");
  const lines = base64.match(/.{1,64}/g)!.join("\n");
  const cert = `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
  const key = privateKey.export({ type: "pkcs8", format: "pem" });
  const [certPath, keyPath] = [join(directory, `${name}.pem`), join(directory, `${name}.key`)];
  writeFileSync(certPath, cert);
  writeFileSync(keyPath, key, { mode: 0o600 });
  return { cert, key, certPath, keyPath };
}
