import { rounded } from "../load/report.ts";
import { markdownTable } from "../markdown.ts";
import { costs, habits, machine } from "./assumed.ts";
import { type Needs, needsOf } from "./model.ts";

const counts = [1_000, 10_000, 100_000, 1_000_000, 10_000_000] as const;

const rows: readonly (readonly [string, (needs: Needs) => number])[] = [
  ["messages per second", ({ messagesPerSecond }) => messagesPerSecond],
  ["deliveries per second", ({ deliveriesPerSecond }) => deliveriesPerSecond],
  ["received and read, per second", ({ readsPerSecond }) => readsPerSecond],
  ["workers' cores", ({ workerCores }) => workerCores],
  ["Redis' cores", ({ redisCores }) => redisCores],
  ["PostgreSQL's cores", ({ postgresCores }) => postgresCores],
  ["memory for sockets, GB", ({ memoryGb }) => memoryGb],
  ["Redis' memory, GB", ({ redisMemoryGb }) => redisMemoryGb],
  ["line, Mbit/s", ({ megabitsPerSecond }) => megabitsPerSecond],
  ["PostgreSQL's log, MB/s", ({ logMegabytesPerSecond }) => logMegabytesPerSecond],
  ["stored, TB per year", ({ storedTerabytesPerYear }) => storedTerabytesPerYear],
  ["machines", ({ machines }) => machines],
  ["€ per month", ({ eurosPerMonth }) => eurosPerMonth],
];

/** What so many people who are connected at once take in their busiest hour, by the costs and habits of `assumed.ts`: the table of SCALING.md. */
export function scaleTable(): string {
  const needs = counts.map((people) => needsOf(people, costs, habits, machine));
  const head = ["people connected", ...counts.map((count) => count.toLocaleString("en"))];
  return markdownTable(
    [head, ...rows.map(([name, of]) => [name, ...needs.map((each) => shown(of(each)))])],
    1,
  );
}

/** Three digits say more than is known. */
function shown(value: number): string {
  if (value < 100) return Number.isInteger(value) ? `${value}` : rounded(value);
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1);
  return (Math.round(value / unit) * unit).toLocaleString("en");
}
