import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SQL } from "bun";

/** What a database has on its disk, in bytes. */
export interface Written {
  /** Its tables and indexes. */
  readonly tables: number;
  /** How far its log has come. */
  readonly log: number;
}

/** Asks the embedded PostgreSQL of a server on this data directory, at the address that `running.json` has for scripts. */
export async function writtenIn(dataDir: string): Promise<Written> {
  const { databaseUrl } = JSON.parse(readFileSync(join(dataDir, "running.json"), "utf8")) as {
    databaseUrl: string;
  };
  const { searchParams, username, pathname } = new URL(databaseUrl);
  const path = join(searchParams.get("host")!, ".s.PGSQL.5432");
  const sql = new SQL({ adapter: "postgres", path, username, database: pathname.slice(1), max: 1 });
  try {
    // As float8 they come as numbers.
    const [row] = (await sql`
      select pg_database_size(current_database())::float8 as tables, (pg_current_wal_lsn() - '0/0')::float8 as log`) as [
      Written,
    ];
    return row;
  } finally {
    await sql.end();
  }
}
