import type { Database } from "./database.ts";

const answerMsMax = 2_000;

/** Whether the database answers within two seconds. */
export async function isReachable(sql: Database): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), answerMsMax);
  });
  const answered = sql`select 1`.then(
    () => true,
    () => false, // Why, the log says where the connection is used in earnest.
  );
  try {
    return await Promise.race([answered, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** SQLSTATEs of a server that is starting, ending or full, and the driver's and the system's words for none at all. */
const unreachable =
  /^(08...|57P0[1-5]|53300|CONNECTION_CLOSED|CONNECTION_ENDED|CONNECTION_DESTROYED|CONNECT_TIMEOUT|ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|FailedToOpenSocket)$/;

/** Whether something failed because there is no database to ask, rather than because of what was asked. */
export function isUnreachable(error: unknown): boolean {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === "string" && unreachable.test(code);
}
