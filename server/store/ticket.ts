import type { Database } from "./database.ts";

/** What is kept of a ticket: nothing that lets anybody in without it. */
export interface KeptTicket {
  readonly hash: Buffer;
  readonly sealed: Buffer;
  readonly expiresAt: Date;
}

/** Those that have expired by `now` go with it. */
export async function insertTicket(sql: Database, ticket: KeptTicket, now: Date): Promise<void> {
  const { hash, sealed, expiresAt } = ticket;
  await sql`
    with expired as (delete from stream_tickets where expires_at <= ${now})
    insert into stream_tickets (hash, sealed, expires_at) values (${hash}, ${sealed}, ${expiresAt})`;
}

/** Of all who ask at once, on whatever worker, one gets it. */
export async function takeTicket(
  sql: Database,
  hash: Buffer,
  now: Date,
): Promise<Buffer | undefined> {
  const [taken] = await sql<{ sealed: Buffer }[]>`
    delete from stream_tickets where hash = ${hash} and expires_at > ${now} returning sealed`;
  return taken?.sealed;
}
