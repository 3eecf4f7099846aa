import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Plan } from "./plan.ts";
import type { Ending, Summary } from "./verdict.ts";

const saidLinesMax = 8;

/** Bundles the question's script, with what it shares with the server, for k6. */
async function bundle(question: string, folder: string): Promise<string> {
  const name = `${question}.js`;
  const { success, logs } = await Bun.build({
    entrypoints: [join(import.meta.dir, "question", `${question}.ts`)],
    target: "browser",
    format: "esm",
    external: ["k6", "k6/*"],
    outdir: folder,
    naming: name,
  });
  if (!success)
    throw new Error(
      `${question} could not be bundled: ${logs.map(({ message }) => message).join(" ")}`,
    );
  return join(folder, name);
}

/** Asks once. Resolves when k6 has ended, however it did. */
export async function runK6(
  k6: string,
  folder: string,
  plan: Omit<Plan, "result">,
): Promise<Omit<Ending, "faults">> {
  mkdirSync(folder, { recursive: true });
  const script = await bundle(plan.target.question, folder);
  const planFile = join(folder, `${plan.target.name}.plan.json`);
  const result = join(folder, `${plan.target.name}.summary.json`);
  await Bun.write(planFile, JSON.stringify({ ...plan, result }));
  const child = Bun.spawn(
    [
      k6,
      "run",
      "--no-usage-report",
      "--quiet",
      // No REST interface of its own: its port may be taken.
      "--address=",
      "--log-format=raw",
      "--env",
      `PLAN=${planFile}`,
      script,
    ],
    {
      stdio: ["ignore", "pipe", "pipe"],
      // It has memory to spare, and collecting garbage takes the time of what is measured.
      env: { PATH: process.env["PATH"], HOME: process.env["HOME"], GOGC: "400" },
    },
  );
  const ended = () => child.kill("SIGKILL");
  process.once("exit", ended);
  const [said, exitCode] = await Promise.all([
    new Response(child.stderr).text(),
    child.exited,
    child.stdout.pipeTo(new WritableStream()),
  ]);
  process.off("exit", ended);
  return {
    exitCode,
    said: complaints(said),
    summary: existsSync(result) ? ((await Bun.file(result).json()) as Summary) : undefined,
  };
}

/** The first lines, each once. Of thresholds the summary tells more. */
function complaints(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trim());
  return [
    ...new Set(lines.filter((line) => line !== "" && !line.startsWith("thresholds on metrics"))),
  ].slice(0, saidLinesMax);
}
