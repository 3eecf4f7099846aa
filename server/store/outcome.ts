/** SQLSTATE of a PostgreSQL error, or the driver's own code of a broken connection. */
function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
}

/**
 * What a failed statement means for the drafts in it.
 *
 * - `data`: the database refused the data (class 22, 23): one of them is poisoned, nothing is stored. But not a number or an id that
 *   is taken (23505), for that no draft can bring about by what is in it: whoever took it is known to the next try. And not a text that is
 *   none of its type (22P02): ids were read as such when they came in, so it is the connection that wrote it wrongly.
 * - `locked`: somebody holds a row for longer than `lock_timeout` (55P03): nothing is stored.
 * - `unknown`: the connection broke, or the server went away or rolled back for reasons of its own (40xxx, 57xxx, …): it may be stored.
 */
export type Outcome = "data" | "locked" | "unknown";

export function outcomeOf(error: unknown): Outcome {
  const code = codeOf(error);
  if (code === "23505" || code === "22P02") return "unknown";
  if (/^(22|23)[0-9A-Z]{3}$/.test(code)) return "data";
  if (code === "55P03") return "locked";
  return "unknown";
}
