import { createHash } from "node:crypto";
import postgres from "postgres";
import { log } from "../observe/log.ts";

/** A pool of connections. int8 is parsed as a number: all our numbers stay below 2^53. */
export type Database = postgres.Sql<{ bigint: number }>;

export interface DatabaseOptions {
  /** A libpq address; `?host=/directory` names a Unix socket's directory. */
  readonly url: string;
  /** Connections at most. */
  readonly max?: number;
  /** What `pg_stat_activity` shows. */
  readonly name?: string;
  /** Server parameters of every connection, such as `lock_timeout`. */
  readonly parameters?: Readonly<Record<string, string | number | boolean>>;
  /** A connection was closed, by us or by the other side. */
  readonly closed?: () => void;
}

const int8 = 20; // PostgreSQL's OIDs of the type.
const connectSecondsMax = 10;

/** Opens nothing yet: connections come with the first queries. Statements are prepared. */
export function openDatabase({
  url,
  max = 10,
  name = "parley",
  parameters,
  closed,
}: DatabaseOptions): Database {
  const { address, socketDir, port } = splitUrl(url);
  return postgres(address, {
    max,
    ...(socketDir === undefined ? {} : { path: `${socketDir}/.s.PGSQL.${port}` }),
    connect_timeout: connectSecondsMax,
    // A PostgreSQL that starts again is back within a second or two; whoever waits must not sleep through it.
    backoff: (attempt) => Math.min(0.05 * 2 ** attempt, 1),
    ...(closed ? { onclose: closed } : {}),
    prepare: true,
    types: {
      bigint: {
        to: int8,
        from: [int8],
        serialize: (value: number) => String(value),
        parse: (text: string) => Number(text),
      },
    },
    onnotice: (notice) => log.debug("PostgreSQL says", { notice: notice["message"] }),
    connection: { ...parameters, application_name: name },
  });
}

/** A sentence when this PostgreSQL could lose what it has confirmed; durability is not a setting. */
export async function findDurabilityFault(sql: Database): Promise<string | undefined> {
  const rows = await sql<{ name: string }[]>`
    select name from pg_settings where name in ('fsync', 'full_page_writes') and setting = 'off' order by name`;
  if (rows.length === 0) return undefined;

  const names = rows.map(({ name }) => `${name}=off`).join(" and ");
  return `PostgreSQL runs with ${names} and could lose messages; turn that on and start again.`;
}

/**
 * Which history this is: 16 hexadecimal characters that change with another cluster, after a failover to a new
 * timeline, and when a restore bumps `instance.restores`. Read on every new connection that matters.
 */
export async function readEpoch(sql: Database): Promise<string> {
  const [row] = await sql<{ system: string; timeline: string; restores: number }[]>`
    select system_identifier::text as system,
           -- Right from the first record after a promotion; the control file follows with a checkpoint.
           left(pg_walfile_name(pg_current_wal_lsn()), 8) as timeline,
           (select restores from instance) as restores
    from pg_control_system()`;
  if (!row) throw new Error("PostgreSQL told nothing about itself");

  return createHash("sha256")
    .update(`${row.system}/${row.timeline}/${row.restores}`)
    .digest("hex")
    .slice(0, 16);
}

/** Creates the database that the address names, unless it is there; for a PostgreSQL of our own. */
export async function ensureDatabase(url: string): Promise<void> {
  const address = new URL(url);
  const name = address.pathname.slice(1);
  address.pathname = "/postgres";
  const sql = openDatabase({ url: address.href, max: 1, name: "parley start" });
  try {
    const [found] = await sql`select from pg_database where datname = ${name}`;
    if (!found) await sql`create database ${sql(name)}`;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

// The driver takes a socket's directory as an option of its own and would send `host` to the server as a parameter.
function splitUrl(url: string): { address: string; socketDir: string | undefined; port: string } {
  const address = new URL(url);
  const directory = address.searchParams.get("host");
  const port = address.port === "" ? "5432" : address.port;
  if (!directory?.startsWith("/")) return { address: url, socketDir: undefined, port };

  address.searchParams.delete("host");
  return { address: address.href, socketDir: directory, port };
}
