/** What holds the messages. */
import { within } from "#lib/wait.ts";
import { findBinaries } from "../../server/embedded/binaries.ts";
import { sentenceFor } from "../../server/embedded/sentence.ts";
import { openDatabase } from "../../server/store/database.ts";
import { examine, type Examined } from "../../server/store/examine.ts";
import { advice, bad, type Finding, good, type Installation, thresholds } from "./finding.ts";

export async function database(it: Installation): Promise<Finding[]> {
  const { config, server: own } = it;
  if (own.databaseUrl === undefined) {
    return await findBinaries().then(
      ({ version }) => [
        good(`PostgreSQL ${version.split("-")[0]} of its own starts with it; it does not run now.`),
      ],
      (error: Error) => [bad("No PostgreSQL of its own can start.", error.message)],
    );
  }
  const findings = await examineAt(own.databaseUrl, it);
  const direct = config.databaseDirectUrl;
  if (direct === undefined) return findings;
  const past = await examineAt(direct, it);
  return [
    ...findings,
    ...past
      .filter(({ state }) => state === "bad")
      .map((each) => ({ ...each, says: `Past the pooler: ${each.says}` })),
  ];
}

async function examineAt(
  url: string,
  { config, server: { workers }, now }: Installation,
): Promise<Finding[]> {
  const sql = openDatabase({ url, max: 1, name: "parley doctor" });
  try {
    const found = await within(thresholds.answerMs.max, examine(sql, now));
    if (found) return databaseFindings(found, workers);
    return [
      bad("It does not answer within 5 s.", "See to it; Parley goes on by itself when it is back."),
    ];
  } catch (error) {
    return [bad("It can't be asked.", sentenceFor(error, config))];
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** What a PostgreSQL's own facts say of it. */
export function databaseFindings(found: Examined, workers: number): Finding[] {
  const { version, missing, unknown, lostTables, rows, clockAheadMs, connectionsMax } = found;
  const free = connectionsMax - found.connectionsOfOthers;
  const needed = thresholds.connections * workers;
  const ahead = Math.abs(clockAheadMs);
  const clock = `Its clock is ${(ahead / 1_000).toFixed(1)} s ${clockAheadMs < 0 ? "behind" : "ahead of"} this machine's.`;
  const clockTodo = "Let both follow the same time server (timedatectl set-ntp true).";
  return [
    Number.parseInt(version, 10) >= thresholds.postgresMajorMin
      ? good(`PostgreSQL ${version} answers in ${found.answerMs.toFixed(1)} ms.`)
      : bad(`PostgreSQL ${version} is too old.`, `Use ${thresholds.postgresMajorMin} or newer.`),
    found.durabilityFault === undefined
      ? good("What it has confirmed survives a crash (fsync, full_page_writes).")
      : bad(
          found.durabilityFault,
          "alter system set fsync = on; alter system set full_page_writes = on;",
        ),
    ...(found.synchronousCommit === "off"
      ? [
          advice(
            "synchronous_commit is off for others; Parley turns it on for what it writes.",
            "Nothing, unless another program trusts it.",
          ),
        ]
      : []),
    free >= needed
      ? good(`${connectionsMax} connections are allowed, others use ${found.connectionsOfOthers}.`)
      : bad(
          `Of ${connectionsMax} connections others use ${found.connectionsOfOthers}.`,
          `Raise max_connections so that ${needed} are left for Parley: ${thresholds.connections} for each worker.`,
        ),
    unknown.length > 0
      ? bad(
          `A newer Parley has used this database (migration ${unknown.join(", ")}).`,
          "Start that version, or restore a backup from before it.",
        )
      : missing.length === 0
        ? good("Its schema is this version's.")
        : advice(`${missing.join(", ")} did not run yet.`, "Start Parley: it runs them first."),
    ...(lostTables.length > 0
      ? [
          bad(
            `Tables are gone: ${lostTables.join(", ")}.`,
            "Restore a backup; nothing can stand in for them.",
          ),
        ]
      : []),
    ...(Object.keys(rows).length > 0
      ? [
          good(
            `It holds about ${Object.entries(rows)
              .map(([name, count]) => `${count.toLocaleString("en")} ${name}`)
              .join(", ")}.`,
          ),
        ]
      : []),
    ahead >= thresholds.clockMs.bad
      ? bad(clock, clockTodo)
      : ahead >= thresholds.clockMs.advice
        ? advice(clock, clockTodo)
        : good("Its clock and this machine's agree."),
  ];
}
