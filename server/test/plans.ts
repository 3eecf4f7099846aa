import postgres from "postgres";
import type { Database } from "../store/database.ts";

/** A connection that keeps the plan of every statement, also of those inside functions. */
export interface PlanReader extends AsyncDisposable {
  readonly sql: Database;
  /** Plans of the statements that `run` executes, as text. */
  plansOf(run: (sql: Database) => Promise<unknown>): Promise<string[]>;
}

/** Opens one. `parameters` are the server's, such as `plan_cache_mode`. */
export async function readPlans(
  url: string,
  parameters: Record<string, string> = {},
): Promise<PlanReader> {
  const notices: string[] = [];
  const sql: Database = postgres(url, {
    max: 1,
    types: {
      bigint: {
        to: 20,
        from: [20],
        serialize: (value: number) => String(value),
        parse: (text: string) => Number(text),
      },
    },
    onnotice: ({ message }) => notices.push(message ?? ""),
    connection: parameters,
  });
  await sql`load 'auto_explain'`;
  await sql`
    select set_config('auto_explain.log_min_duration', '0', false), set_config('auto_explain.log_nested_statements', 'on', false),
           set_config('auto_explain.log_analyze', 'on', false), set_config('auto_explain.log_timing', 'off', false),
           set_config('client_min_messages', 'log', false)`;
  return {
    sql,
    plansOf: async (run) => {
      notices.length = 0;
      await run(sql);
      return notices.filter((notice) => notice.includes("plan:"));
    },
    [Symbol.asyncDispose]: () => sql.end({ timeout: 1 }),
  };
}
