import { type Database, findDurabilityFault } from "./database.ts";
import { migrationsDir, readMigrations } from "./migrate.ts";

/** A PostgreSQL as whoever runs it wants to see it; nothing is changed. */
export interface Examined {
  /** Such as "18.1". */
  readonly version: string;
  /** One sentence where it could lose what it has confirmed. */
  readonly durabilityFault: string | undefined;
  /** `on` unless somebody has changed it; our own transactions set it themselves. */
  readonly synchronousCommit: string;
  readonly connectionsMax: number;
  /** Of other programs than Parley. */
  readonly connectionsOfOthers: number;
  /** How far its clock is ahead of this machine's. */
  readonly clockAheadMs: number;
  readonly answerMs: number;
  /** Migrations of this version that have not run, and those that ran and this version does not know. */
  readonly missing: readonly string[];
  readonly unknown: readonly string[];
  /** Tables that the migrations which ran have made, and which are not there. */
  readonly lostTables: readonly string[];
  /** Rows, as the statistics have it, of the tables that grow. */
  readonly rows: Readonly<Record<string, number>>;
}

const countedTables = ["users", "channels", "members", "messages", "changes"];

export async function examine(
  sql: Database,
  now: () => number,
  directory = migrationsDir,
): Promise<Examined> {
  await sql`select 1`; // Connects.
  const asked = performance.now();
  const askedAtMs = now();
  const [facts] = await sql<
    {
      version: string;
      synchronousCommit: string;
      connectionsMax: number;
      connectionsOfOthers: number;
      at: Date;
    }[]
  >`
    select current_setting('server_version') as version,
           current_setting('synchronous_commit') as "synchronousCommit",
           current_setting('max_connections')::int as "connectionsMax",
           (select count(*)::int from pg_stat_activity
             where backend_type = 'client backend' and application_name not like 'parley%') as "connectionsOfOthers",
           clock_timestamp() as at`;
  const answerMs = performance.now() - asked;
  const migrations = await readMigrations(directory);
  const applied = await readApplied(sql);
  const tables = await sql<{ name: string; rows: number }[]>`
    select c.relname as name,
           greatest(coalesce(s.n_live_tup, 0), c.reltuples, 0)::bigint as rows
      from pg_class c left join pg_stat_user_tables s on s.relid = c.oid
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')`;
  const there = new Map(tables.map(({ name, rows }) => [name, rows]));
  const ran = migrations.filter(({ version }) => applied.has(version));
  const known = new Set(migrations.map(({ version }) => version));
  return {
    version: facts!.version.split(" ")[0]!,
    durabilityFault: await findDurabilityFault(sql),
    synchronousCommit: facts!.synchronousCommit,
    connectionsMax: facts!.connectionsMax,
    connectionsOfOthers: facts!.connectionsOfOthers,
    // Asked in the middle of the question, as far as anybody can tell.
    clockAheadMs: Math.round(facts!.at.getTime() - (askedAtMs + answerMs / 2)),
    answerMs,
    missing: migrations.filter(({ version }) => !applied.has(version)).map(({ name }) => name),
    unknown: [...applied].filter((version) => !known.has(version)).sort(),
    lostTables: ran.flatMap(({ up }) => tablesOf(up)).filter((name) => !there.has(name)),
    rows: Object.fromEntries(
      countedTables.flatMap((name) => (there.has(name) ? [[name, there.get(name)!]] : [])),
    ),
  };
}

async function readApplied(sql: Database): Promise<ReadonlySet<string>> {
  const [found] = await sql<{ there: boolean }[]>`
    select to_regclass('schema_migrations') is not null as there`;
  if (!found!.there) return new Set();
  const rows = await sql<{ version: string }[]>`select version from schema_migrations`;
  return new Set(rows.map(({ version }) => version));
}

const tablesOf = (up: string): string[] =>
  Array.from(up.matchAll(/^create (?:unlogged )?table (\w+)/gm), ([, name]) => name!);
