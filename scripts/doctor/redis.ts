/** What carries what one process stores to the others. */
import { within } from "#lib/wait.ts";
import { examineRedis, type RedisExamined } from "../../server/fanout/examine-redis.ts";
import { advice, bad, type Finding, good, type Installation, thresholds } from "./finding.ts";

export async function redis({ server: { redisUrl } }: Installation): Promise<Finding[]> {
  if (redisUrl === undefined) {
    return [good("One worker serves everybody, or none runs now: it needs none.")];
  }
  try {
    const found = await within(thresholds.answerMs.max, examineRedis(redisUrl));
    return found
      ? redisFindings(found)
      : [bad("It does not answer within 5 s.", "See to it; until then news takes a second.")];
  } catch (error) {
    return [bad(`It can't be asked: ${reasonOf(error)}.`, "Start it, or correct REDIS_URL.")];
  }
}

/** What a Redis's own facts say of it. */
export function redisFindings(found: RedisExamined): Finding[] {
  const { version, listenerBytes } = found;
  const oldest = found.isNamedCluster ? thresholds.redisClusterMin : thresholds.redisMin;
  const findings = [
    isRecent(version, oldest)
      ? good(`Redis ${version} answers in ${found.pingMs.toFixed(1)} ms.`)
      : bad(`Redis ${version} is too old.`, `Use ${oldest} or newer, or Valkey.`),
    good(`A message passes through it in ${found.messageMs.toFixed(1)} ms.`),
  ];
  if (found.isNamedCluster) {
    findings.push(good(`It is a cluster of ${found.servers} servers that hold all slots.`));
  } else if (found.isCluster) {
    findings.push(
      bad("It is part of a cluster.", "Name it as one in REDIS_URL: redis+cluster://host,host,…"),
    );
  }
  if (found.isReplica) {
    findings.push(bad("It is a replica, which takes no messages.", "Name the primary instead."));
  }
  const smallest = listenerBytes && Math.min(...Object.values(listenerBytes).filter(Boolean));
  if (smallest !== undefined && smallest < thresholds.listenerBytes) {
    findings.push(
      advice(
        `It cuts a listener that is ${Math.round(smallest / 1024)} KiB behind: bursts then take a second.`,
        "config set client-output-buffer-limit 'pubsub 32mb 8mb 60'",
      ),
    );
  }
  return findings;
}

function isRecent(version: string, oldest: string): boolean {
  const [wanted, found] = [oldest, version].map((each) => each.split(".").map(Number));
  return found![0]! > wanted![0]! || (found![0] === wanted![0] && found![1]! >= wanted![1]!);
}

/** Redis's own words; neither they nor the system's name the password. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, "") : String(error);
}
