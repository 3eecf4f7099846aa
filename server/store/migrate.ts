import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type postgres from "postgres";
import { openDatabase } from "./database.ts";

/** One file of `sql/`, in dbmate's format. */
export interface Migration {
  readonly version: string;
  readonly name: string;
  readonly up: string;
  readonly down: string;
}

export interface Migrated {
  /** Names of the files that ran, in order. */
  readonly ran: readonly string[];
}

/** The schema can't be brought to what this version needs; the message is one sentence and nothing was touched. */
export class SchemaRefused extends Error {
  override name = "SchemaRefused";
}

/** Where the migrations of this version lie. */
export const migrationsDir = join(import.meta.dir, "../../sql");

const lockKey = 0x7061726c; // "parl": ours among the advisory locks of a shared PostgreSQL.
const lockWaitMsMax = 60_000; // Another machine's migration of a large table.

/**
 * Brings the schema forward to the newest migration, or forward or back to the version `to`, in one transaction: all of
 * it or nothing. Of several machines that start together one works and the others find it done. Refuses a schema that
 * is newer than `directory` knows. Its limit: nothing that refuses to run in a transaction, such as
 * `create index concurrently`.
 */
export async function migrate(
  url: string,
  { to, directory = migrationsDir }: { to?: string; directory?: string } = {},
): Promise<Migrated> {
  const migrations = await readMigrations(directory);
  const sql = openDatabase({ url, max: 1, name: "parley migrate" });
  try {
    return await sql.begin((tx) => migrateLocked(tx, migrations, to));
  } finally {
    await sql.end({ timeout: 5 });
  }
}

type Transaction = postgres.TransactionSql<{ bigint: number }>;

async function migrateLocked(
  tx: Transaction,
  migrations: readonly Migration[],
  to: string | undefined,
): Promise<Migrated> {
  await tx`select set_config('lock_timeout', ${`${lockWaitMsMax}ms`}, true)`;
  await tx`select pg_advisory_xact_lock(${lockKey})`;

  const applied = await readApplied(tx);
  refuseNewer(applied, migrations);
  const target = to ?? migrations.at(-1)?.version ?? "";
  const forward = migrations.filter(({ version }) => version <= target && !applied.has(version));
  const back = migrations
    .filter(({ version }) => version > target && applied.has(version))
    .reverse();

  for (const { version, up } of forward) {
    await tx.unsafe(up).simple();
    await tx`insert into schema_migrations (version) values (${version})`;
  }
  for (const { version, down } of back) {
    await tx.unsafe(down).simple();
    await tx`delete from schema_migrations where version = ${version}`;
  }
  return { ran: [...forward, ...back].map(({ name }) => name) };
}

async function readApplied(tx: Transaction): Promise<ReadonlySet<string>> {
  // dbmate's own table, so that its `status` and `rollback` work too.
  await tx`create table if not exists schema_migrations (version varchar(128) primary key)`;
  const rows = await tx<{ version: string }[]>`select version from schema_migrations`;
  return new Set(rows.map(({ version }) => version));
}

function refuseNewer(applied: ReadonlySet<string>, migrations: readonly Migration[]): void {
  const known = new Set(migrations.map(({ version }) => version));
  const newer = [...applied].filter((version) => !known.has(version)).sort();
  if (newer.length === 0) return;

  throw new SchemaRefused(
    `The database was last used by a newer Parley (migration ${newer.join(", ")}): start that version, or restore ` +
      `a backup from before it; nothing was touched.`,
  );
}

/** The files of `directory`, in order. */
export async function readMigrations(directory: string): Promise<readonly Migration[]> {
  const names = (await readdir(directory)).filter((name) => /^\d+_.*\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => parseMigration(name, await readFile(join(directory, name), "utf8"))),
  );
}

/** Splits a file at its two markers. Exported for its test. */
export function parseMigration(name: string, text: string): Migration {
  const match = /^-- migrate:up\n(.*?)^-- migrate:down(?:\n(.*))?$/ms.exec(text);
  if (!match) throw new Error(`${name} lacks the lines "-- migrate:up" and "-- migrate:down"`);

  const [, up = "", down = ""] = match;
  return { version: name.slice(0, name.indexOf("_")), name, up, down };
}
