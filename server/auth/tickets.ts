import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import type { Database } from "../store/database.ts";
import { insertTicket, takeTicket } from "../store/ticket.ts";

export const ticketSeconds = 60;

export interface Tickets {
  /** A short-lived word that stands for an access token once, on any worker. */
  make(token: string): Promise<{ ticket: string; expiresAtMs: number }>;
  /** The token of a ticket, which is worth nothing afterwards. */
  spend(ticket: string): Promise<string | undefined>;
}

/** AES-256-GCM, by NIST SP 800-38D: a nonce of 12 bytes before, a tag of 16 behind what is sealed. */
const cipherName = "aes-256-gcm";
const [nonceBytes, tagBytes] = [12, 16];

/** Tickets lie in PostgreSQL, so that whichever worker is asked finds them; the token within is sealed by the ticket. */
export function createTickets(sql: Database, now: () => number): Tickets {
  return {
    make: async (token) => {
      const ticket = randomBytes(24).toString("base64url");
      const expiresAtMs = now() + ticketSeconds * 1_000;
      const kept = {
        hash: derived("hash", ticket),
        sealed: seal(derived("key", ticket), token),
        expiresAt: new Date(expiresAtMs),
      };
      await insertTicket(sql, kept, new Date(now()));
      return { ticket, expiresAtMs };
    },
    spend: async (ticket) => {
      const sealed = await takeTicket(sql, derived("hash", ticket), new Date(now()));
      return sealed && unseal(derived("key", ticket), sealed);
    },
  };
}

/** 192 random bits need no slow hash. */
function derived(purpose: "hash" | "key", ticket: string): Buffer {
  return createHash("sha256").update(`parley stream ticket ${purpose} ${ticket}`).digest();
}

function seal(key: Buffer, text: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(cipherName, key, nonce);
  return Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
}

function unseal(key: Buffer, sealed: Buffer): string {
  const decipher = createDecipheriv(cipherName, key, sealed.subarray(0, nonceBytes));
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  const text = sealed.subarray(nonceBytes, -tagBytes);
  return Buffer.concat([decipher.update(text), decipher.final()]).toString("utf8");
}
