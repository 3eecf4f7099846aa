import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Config } from "../config.ts";

/** Certificate with its chain, and key, as texts in PEM. */
export interface Tls {
  readonly cert: string;
  readonly key: string;
}

/**
 * Reads both files, where they are set, and sees that they belong together: later a client would only find that no handshake
 * works. The mistake is a sentence for the operator, without anything of the key.
 */
export async function readTls({
  tlsCert,
  tlsKey,
}: Pick<Config, "tlsCert" | "tlsKey">): Promise<Tls | { readonly mistake: string } | undefined> {
  if (tlsCert === undefined || tlsKey === undefined) return undefined;

  const [cert, key] = await Promise.all([textOf(tlsCert), textOf(tlsKey)]);
  if (cert === undefined) return unreadable("TLS_CERT", tlsCert);
  if (key === undefined) return unreadable("TLS_KEY", tlsKey);

  const certificate = parse(() => new X509Certificate(cert));
  if (!certificate) {
    return { mistake: `TLS_CERT names ${tlsCert}, which holds no certificate in PEM.` };
  }
  const privateKey = parse(() => createPrivateKey(key));
  if (!privateKey) {
    return {
      mistake: `TLS_KEY names ${tlsKey}, which holds no key in PEM that opens without a passphrase.`,
    };
  }
  return isPair(certificate, privateKey)
    ? { cert, key }
    : { mistake: `The key in ${tlsKey} is not the one of the certificate in ${tlsCert}.` };
}

function isPair(certificate: X509Certificate, key: KeyObject): boolean {
  return parse(() => certificate.checkPrivateKey(key)) ?? false; // Throws where they are of two kinds.
}

async function textOf(path: string): Promise<string | undefined> {
  return await readFile(path, "utf8").catch(() => undefined); // Said by name.
}

function unreadable(setting: string, path: string): { mistake: string } {
  return { mistake: `${setting} names ${path}, which can't be read by this user.` };
}

function parse<T>(attempt: () => T): T | undefined {
  try {
    return attempt();
  } catch {
    return undefined; // What OpenSSL says of it helps nobody; the caller says which file it is.
  }
}
