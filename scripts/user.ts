/** People's accounts from the terminal of whoever runs the server: for an owner who forgot the password, above all. */
import { readAccounts, writeActive } from "../server/store/account.ts";
import { resetHours, resetLink } from "../server/auth/reset.ts";
import { ConfigMistakes, readConfig } from "../server/config.ts";
import { openDatabase, type Database } from "../server/store/database.ts";
import { findOwnServer } from "./own-server.ts";

interface Parts {
  readonly sql: Database;
  /** What links begin with. */
  readonly publicUrl: string;
  readonly now: () => number;
}

interface Said {
  readonly lines: readonly string[];
  readonly exitCode: 0 | 1;
}

const usage = [
  "npm run user -- list                  everybody who has an account; who has no address goes by a number",
  "npm run user -- reset <email>         a one-time link for a new password",
  "npm run user -- deactivate <email>    signs somebody out everywhere, for good",
  "npm run user -- activate <email>      lets them in again",
];

/** Does what the words ask for, and answers with lines to print. */
export async function runUserCommand(words: readonly string[], parts: Parts): Promise<Said> {
  const [verb, email, ...rest] = words;
  if (verb === "list" && email === undefined) return await list(parts);
  if (email === undefined || rest.length > 0) return no(...usage);

  const address = email.trim().toLowerCase();
  if (verb === "reset") return await reset(parts, address);
  if (verb === "activate") return await setActive(parts, address, true);
  if (verb === "deactivate") return await setActive(parts, address, false);
  return no(...usage);
}

async function list({ sql }: Parts): Promise<Said> {
  const accounts = await readAccounts(sql);
  if (accounts.length === 0) return yes("Nobody has an account yet: open the set-up link.");

  const rows = accounts.map(({ id, email, name, role, active }) => [
    email ?? `#${id}`,
    name,
    active ? role : `${role}, deactivated`,
  ]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return yes(...rows.map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ")));
}

async function reset(parts: Parts, email: string): Promise<Said> {
  const link = await resetLink(parts, email, parts.publicUrl);
  if (link === undefined) return no(`No active account has the address ${email}.`);
  return yes(
    link,
    `It works once, within ${resetHours} hours, and signs ${email} out everywhere else.`,
  );
}

async function setActive({ sql, now }: Parts, email: string, active: boolean): Promise<Said> {
  const found = await writeActive(sql, email, active, new Date(now()));
  if (!found) return no(`No account has the address ${email}.`);
  return yes(active ? `${email} can sign in again.` : `${email} is deactivated and signed out.`);
}

function yes(...lines: string[]): Said {
  return { lines, exitCode: 0 };
}

function no(...lines: string[]): Said {
  return { lines, exitCode: 1 };
}

async function main(): Promise<Said> {
  const { databaseUrl, publicUrl } = findOwnServer(readConfig(process.env));
  if (databaseUrl === undefined) {
    return no(
      "Parley does not run here: start it with `npm start`, or set DATABASE_URL or DATA_DIR.",
    );
  }
  const sql = openDatabase({ url: databaseUrl, max: 1, name: "parley user" });
  try {
    return await runUserCommand(process.argv.slice(2), { sql, publicUrl, now: Date.now });
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** One sentence instead of a stack trace. */
function sentenceOf(error: unknown): string[] {
  if (error instanceof ConfigMistakes) return [...error.mistakes];
  const said = error instanceof Error ? error.message : String(error);
  return [`The database does not answer: ${said}`];
}

if (import.meta.main) {
  const { lines, exitCode } = await main().catch((error: unknown) => no(...sentenceOf(error)));
  (exitCode === 0 ? process.stdout : process.stderr).write(`${lines.join("\n")}\n`);
  process.exitCode = exitCode;
}
