/** `npm run bench`: lets k6 ask a server of its own every question, and says which targets it meets; exits with 1 where one is not met. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chooseCores } from "../load/cores.ts";
import { checkSame, compare, readReport, usualMargin } from "./against.ts";
import { ask, type Asking } from "./ask.ts";
import { chooseTargets } from "./choose.ts";
import { Disk } from "./disk.ts";
import { getK6 } from "./find-k6.ts";
import { Place } from "./place.ts";
import { reportOf, writeReport } from "./report.ts";
import { settle } from "./settle.ts";
import { tableText } from "./table.ts";
import { type Target, targets } from "./targets.ts";
import type { Result } from "./verdict.ts";

/** 0.5 s of them before each run. */
const diskProbes = 100;
const reportFolder = join(import.meta.dir, "../../artefacts/bench");
const hasRedis = Bun.which("redis-server") !== null || Bun.which("valkey-server") !== null;

const options = {
  /** Less of everything: all within three minutes. */
  quick: { type: "boolean", default: false },
  /** Of a server that runs already. */
  url: { type: "string" },
  /** Of the own server; several need a Redis. */
  workers: { type: "string", default: hasRedis ? "2" : "1" },
  /** As `taskset -c` has them. */
  "server-cores": { type: "string", default: "" },
  "load-cores": { type: "string", default: "" },
  /** The `targets.json` of an earlier run, to compare with; then what counts is the margin, and no target. */
  against: { type: "string" },
  margin: { type: "string", default: String(usualMargin) },
  /** Only gets k6. */
  prepare: { type: "boolean", default: false },
} as const;

async function main(args: readonly string[]): Promise<boolean> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const chosen = chooseTargets(positionals);
  if (!chosen) {
    console.log(usage());
    return false;
  }
  const shape = values.quick ? "quick" : "full";
  // Before anything is measured for it.
  const margin = marginOf(values.margin);
  const before = values.against === undefined ? undefined : await readReport(values.against);
  if (before) checkSame(before, shape);
  const k6 = getK6(console.log);
  if (values.prepare) return true;

  const startedAt = new Date().toISOString();
  const cores = values.url === undefined ? chooseCores(coresOf(values)) : undefined;
  await using place =
    values.url === undefined
      ? await Place.start(Number(values.workers), cores)
      : await Place.at(values.url, process.env);
  const folder = mkdtempSync(join(tmpdir(), "parley-k6-"));
  process.once("exit", () => rmSync(folder, { recursive: true }));
  // Of another server's disk nothing is known.
  using disk = values.url === undefined ? new Disk(folder) : undefined;
  const results = await askAll(chosen, shape, { server: place.served, k6, folder }, disk);
  const report = reportOf({
    startedAt,
    command: ["npm run bench", ...(args.length > 0 ? ["--", ...args] : [])].join(" "),
    shape,
    place: [place.said, ...(disk ? [disk.said] : [])],
    k6: versionOf(k6),
    complaints: place.complaints,
    results,
  });
  const files = await writeReport(report, reportFolder);
  console.log(`\n${tableText(results)}\n`);
  const compared = before && compare(before, results, margin);
  if (compared) console.log(`${compared.text}\n`);
  for (const line of [...report.circumstances, ...report.complaints, ...files]) console.log(line);
  console.log(report.sum);
  return compared?.isWithin ?? results.every(({ verdict }) => verdict === "met");
}

/** Nothing takes exactly as long as before. */
function marginOf(text: string): number {
  const margin = Number(text);
  if (margin > 1) return margin;
  throw new Error(
    `--margin says how many times as long a question may take: a number above 1, not "${text}".`,
  );
}

async function askAll(
  chosen: readonly Target[],
  shape: "quick" | "full",
  asking: Asking,
  disk: Disk | undefined,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const [index, target] of chosen.entries()) {
    console.log(`${index + 1}/${chosen.length} ${target.name}: ${target.asks}`);
    const askOnce = async (): Promise<Result> => {
      await disk?.probe(diskProbes);
      const result = await ask(asking, target, target[shape]);
      console.log(`  ${tableText([result]).split("\n")[1]!}`);
      return result;
    };
    results.push(await (shape === "quick" ? askOnce() : settle(askOnce)));
  }
  return results;
}

function coresOf(values: { "server-cores": string; "load-cores": string }) {
  return { serverCores: values["server-cores"], loadCores: values["load-cores"] };
}

function versionOf(k6: string): string {
  return `k6 ${/v[\d.]+/.exec(Bun.spawnSync([k6, "version"]).stdout.toString())?.[0] ?? "of a version of its own"}`;
}

function usage(): string {
  const lines = targets.map(({ name, asks }) => `  ${name.padEnd(16)}${asks}`);
  return [
    "npm run bench -- [question …] [--quick] [--workers 2] [--url URL] [--against targets.json] [--margin 1.5] [--server-cores 0] [--load-cores 1]",
    ...lines,
  ].join("\n");
}

const isMet = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return false;
});
process.exit(isMet ? 0 : 1);
