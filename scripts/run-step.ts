import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { parseReport, type TestCase } from "./junit.ts";
import type { Step } from "./steps.ts";

/** Where reports lie until the next run; `features.test.ts` reads them there. */
export const reportsFolder = "artefacts/test";

export interface Outcome {
  readonly name: string;
  readonly seconds: number;
  /** How many test files it had; a step without them is one check. */
  readonly files: number;
  readonly output: string;
  readonly cases: readonly TestCase[];
  /** Why the step failed although no test of it did; undefined where tests say it all. */
  readonly trouble: string | undefined;
  readonly ok: boolean;
}

/** Sessions of processes that run now: whoever ends the run ends them too. */
const sessions = new Set<number>();

/** Empty for a process that has just ended. */
function statOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return "";
  }
}

/** The processes of a session; its leader alone where there is no /proc. `bun test` gives each of its workers a group. */
function processesOf(session: number): number[] {
  if (!existsSync("/proc/self/stat")) return [session];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const stat = statOf(pid);
      return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[3]) === session;
    })
    .map(Number);
}

/** Ends a step with all it started. Not by `bun test --no-orphans`: that would change what the tests of processes see. */
function endSession(session: number): void {
  sessions.delete(session);
  for (const pid of processesOf(session)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    for (const session of sessions) endSession(session);
    process.exit(130);
  });
}

function troubleOf(
  step: Step,
  exitCode: number | null,
  cases: readonly TestCase[],
): string | undefined {
  if (exitCode === null) return `did not end within ${step.secondsMax} s and was killed`;
  const reported = new Set(cases.map(({ file }) => file));
  const silent = step.files.filter((file) => !reported.has(file));
  if (silent.length > 0) return `nothing was reported by ${silent.join(", ")}`;
  if (exitCode !== 0 && !cases.some(({ fate }) => fate === "failed"))
    return `exit code ${exitCode}`;
  return undefined;
}

/** Runs a step to its end, at most `secondsMax`. Its output is kept for whoever reads a failure. */
export async function runStep(step: Step, env: Record<string, string>): Promise<Outcome> {
  const started = performance.now();
  const isTests = step.command[1] === "test";
  const base = { name: step.name, files: step.files.length };
  if (isTests && step.files.length === 0) {
    return { ...base, seconds: 0, output: "", cases: [], trouble: undefined, ok: true };
  }
  const report = `${reportsFolder}/${step.name}.xml`;
  await mkdir(reportsFolder, { recursive: true });
  await rm(report, { force: true });
  const reporting = isTests ? ["--reporter=junit", `--reporter-outfile=${report}`] : [];

  const child = Bun.spawn([...step.command, ...reporting], {
    env: { ...process.env, ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    detached: true,
  });
  sessions.add(child.pid);
  const deadline = setTimeout(() => endSession(child.pid), step.secondsMax * 1000);
  const said = Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  await child.exited;
  clearTimeout(deadline);
  endSession(child.pid);
  const [out, error] = await said;

  const exitCode = child.signalCode ? null : child.exitCode;
  const reported = Bun.file(report);
  const cases = isTests && (await reported.exists()) ? parseReport(await reported.text()) : [];
  const trouble = troubleOf(step, exitCode, cases);
  const ok =
    exitCode === 0 && trouble === undefined && cases.every(({ fate }) => fate !== "failed");
  const seconds = (performance.now() - started) / 1000;
  return { ...base, seconds, output: `${out}${error}`.trim(), cases, trouble, ok };
}
