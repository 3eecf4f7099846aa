/**
 * `npm run growth`: what more sockets, members, channels, workers and stored messages cost; exits with 1 where a count is wrong.
 * `npm run growth -- scale` measures nothing: it says what the model of SCALING.md makes of it.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BenchServer } from "../load/bench-server.ts";
import { chooseCores, type Cores, coresText, stayOnLoadCores } from "../load/cores.ts";
import { circumstancesOf } from "../machine.ts";
import { markdownTable } from "../markdown.ts";
import { writeFiles } from "../write-files.ts";
import { aligned, complaintsText, isRight, type Report, rounded } from "../load/report.ts";
import { type Axis, axes } from "./axes.ts";
import { growthOf, lineText } from "./growth.ts";
import { scaleTable } from "./scale.ts";
import { type Grown, type GrowthReport, pageOf } from "./page.ts";

const folder = join(import.meta.dir, "../../artefacts/bench");

const options = {
  /** Two counts of each, in short: that it works. */
  quick: { type: "boolean", default: false },
  /** Measured runs at each count, after one that only warms up. */
  runs: { type: "string", default: "3" },
  /** Of each run. */
  seconds: { type: "string", default: "3" },
  /** The last count that is asked, of any axis. */
  max: { type: "string", default: String(Number.MAX_SAFE_INTEGER) },
  /** As `taskset -c` has them. */
  "server-cores": { type: "string", default: "" },
  "load-cores": { type: "string", default: "" },
} as const;

interface Extent {
  readonly isQuick: boolean;
  readonly runs: number;
  readonly seconds: number;
  readonly countMax: number;
  readonly cores: Cores | undefined;
}

async function main(args: readonly string[]): Promise<boolean> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const [runs, seconds, countMax] = [values.runs, values.seconds, values.max].map(Number) as [
    number,
    number,
    number,
  ];
  if (positionals.join(" ") === "scale") {
    console.log(scaleTable());
    return true;
  }
  const isKnown = positionals.every((name) => axes.some((axis) => axis.name === name));
  if (!isKnown || ![runs, seconds, countMax].every((one) => one > 0)) {
    console.log(usage());
    return false;
  }
  const cores = chooseCores({
    serverCores: values["server-cores"],
    loadCores: values["load-cores"],
  });
  stayOnLoadCores(cores);
  const startedAt = new Date().toISOString();
  const chosen = axes.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const grown: Grown[] = [];
  for (const axis of chosen) {
    console.log(`\n${axis.name}: ${axis.asks}`);
    const found = await grow(axis, { isQuick: values.quick, runs, seconds, countMax, cores });
    console.log(`${grownText(found)}\n`);
    grown.push(found);
  }
  const files = await write({
    startedAt,
    command: ["npm run growth", ...(args.length > 0 ? ["--", ...args] : [])].join(" "),
    circumstances: circumstancesOf(`Bun ${Bun.version}`, coresText(cores)),
    axes: grown,
  });
  for (const file of files) console.log(file);
  return grown.every(({ faults }) => faults.length === 0);
}

/** Asks at each count, one server for as many as have the same number of workers; ends at a count that is wrong. */
async function grow(axis: Axis, extent: Extent): Promise<Grown> {
  const { name, asks, isWide, scenario, figures } = axis;
  const { isQuick, runs, seconds, countMax, cores } = extent;
  const reports = new Map<number, Report>();
  const faults: string[] = [];
  let server: BenchServer | undefined;
  let serving = 0;
  const end = async (): Promise<void> => {
    if (server?.complaints.size) console.log(complaintsText(server));
    await server?.[Symbol.asyncDispose]();
  };
  try {
    for (const count of (isQuick ? axis.quick : axis.counts).filter((one) => one <= countMax)) {
      const given = {
        ...scenario.defaults,
        runs,
        seconds: isQuick ? 0.5 : seconds,
        ...axis.options(count),
      };
      if (server === undefined || serving !== given.workers) {
        await end();
        server = await BenchServer.start({ workers: (serving = given.workers), cores });
      }
      const report = await scenario.measure({ server, cores }, given).catch(failed);
      if (report instanceof Error || !isRight(report)) {
        faults.push(`${count.toLocaleString("en")}: ${wrongIn(report)}`);
        break;
      }
      console.log(`  ${count.toLocaleString("en")} is measured`);
      reports.set(count, report);
    }
  } finally {
    await end();
  }
  return { name, asks, isWide, growths: growthOf(figures, reports), faults };
}

/** What was measured before it is kept. */
const failed = (error: unknown): Error =>
  error instanceof Error ? error : new Error(String(error));

function wrongIn(report: Report | Error): string {
  if (report instanceof Error) return report.message;
  return report.runs.flatMap((run) => run.faults).join(", ");
}

function grownText({ growths, isWide, faults }: Grown): string {
  const counts = growths[0]?.points.map(({ count }) => count) ?? [];
  const rows = growths.map(({ figure, points, line }) => [
    figure,
    ...counts.map((count) => {
      const point = points.find((one) => one.count === count);
      return point
        ? `${rounded(point.median)} [${rounded(point.least)}–${rounded(point.most)}]`
        : "–";
    }),
    isWide ? "" : lineText(line),
  ]);
  const head = ["", ...counts.map((count) => count.toLocaleString("en")), isWide ? "" : "line"];
  return [...aligned([head, ...rows]), ...faults.map((fault) => `FAILED: ${fault}`)].join("\n");
}

async function write(report: GrowthReport): Promise<string[]> {
  return await writeFiles(folder, {
    "growth.json": `${JSON.stringify(report, null, 2)}\n`,
    "growth.html": pageOf(report),
    "growth.md": report.axes.map(markdownOf).join("\n"),
  });
}

/** The table of README.md. */
function markdownOf({ name, asks, growths, isWide }: Grown): string {
  const counts = growths[0]?.points.map(({ count }) => count) ?? [];
  const rows = growths.map(({ figure, points, line }) => [
    figure,
    ...points.map(({ median }) => rounded(median)),
    ...(isWide ? [] : [lineText(line)]),
  ]);
  const head = [
    name,
    ...counts.map((count) => count.toLocaleString("en")),
    ...(isWide ? [] : ["line"]),
  ];
  return `${asks}:\n\n${markdownTable([head, ...rows], 1)}\n`;
}

function usage(): string {
  const lines = axes.map(({ name, asks }) => `  ${name.padEnd(12)}${asks}`);
  return [
    "npm run growth -- [axis …] [--quick] [--runs 3] [--seconds 3] [--max 1000000] [--server-cores 0] [--load-cores 1]",
    ...lines,
    "npm run growth -- scale",
  ].join("\n");
}

const isRun = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return false;
});
process.exit(isRun ? 0 : 1);
