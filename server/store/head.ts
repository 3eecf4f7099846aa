import type { Seq, StreamId } from "#wire/ids.ts";
import type { Database } from "./database.ts";

/** The newest number of each of these streams, in one statement. Streams that do not exist are left out. */
export async function readHeads(
  sql: Database,
  streams: readonly StreamId[],
): Promise<Map<StreamId, Seq>> {
  const rows = await sql<{ id: StreamId; head: Seq }[]>`
    select id, head from channels where id = any (${streams as StreamId[]}::bigint[])
    union all
    select id, head from users where id = any (${streams as StreamId[]}::bigint[])`;
  return new Map(rows.map(({ id, head }) => [id, head]));
}
