import type { Config } from "../config.ts";
import { diskFull } from "./cluster.ts";
import { hasCode, StartRefused } from "./refused.ts";

const diskFullCodes = ["ENOSPC", "EDQUOT", "53100", "SQLITE_FULL"];
const notWritableCodes = [
  "EACCES",
  "EPERM",
  "EROFS",
  "ENOTDIR",
  "SQLITE_CANTOPEN",
  "SQLITE_READONLY",
];
const unreachableCodes = [
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
  "ENOENT",
  "CONNECT_TIMEOUT",
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "57P03",
];

/** What an operator should read instead of an error that ended the start: one sentence that says what to do. */
export function sentenceFor(error: unknown, config: Config | undefined): string {
  const said = error instanceof Error ? error.message : String(error);
  if (error instanceof StartRefused || (error instanceof Error && refusals.has(error.name)))
    return said;

  const dataDir = config?.dataDir ?? "the data directory";
  if (hasCode(error, ...diskFullCodes) || /no space left/i.test(said))
    return diskFull(dataDir).message;
  if (hasCode(error, ...notWritableCodes)) {
    return `${dataDir} can't be written (${said}): give this user the right to, or set DATA_DIR to another directory.`;
  }
  if (config?.databaseUrl !== undefined) {
    const where = placeOf(config.databaseUrl);
    if (hasCode(error, ...unreachableCodes)) {
      return `The database at ${where} can't be reached: start it, or correct DATABASE_URL.`;
    }
    if (hasCode(error, "28P01", "28000")) {
      return `The database at ${where} lets nobody in with that name and password: correct DATABASE_URL.`;
    }
    if (hasCode(error, "3D000")) {
      return `The server at ${where} has no such database: create it, or correct DATABASE_URL.`;
    }
    if (hasCode(error, "42501"))
      return `The database at ${where} refuses us a right (${said}): grant it.`;
  }
  if (hasCode(error, "55P03")) {
    return "Another start has been changing this database for a minute: wait until it is done, then start again.";
  }
  return `Parley could not start: ${said}; with LOG_LEVEL=debug it says where.`;
}

/** Errors of other rooms whose message is meant for the operator as it stands. */
const refusals = new Set(["ConfigMistakes", "SchemaRefused"]);

/** Without the password. */
function placeOf(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}:${port === "" ? "5432" : port}${pathname}`;
}
