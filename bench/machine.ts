import { cpus, loadavg, release, type } from "node:os";

/** What a run found it on, one sentence each; `said` stands between. */
export function circumstancesOf(...said: readonly string[]): string[] {
  const [cpu] = cpus();
  return [
    `${cpus().length} × ${cpu?.model.trim() ?? "a processor"}, ${type()} ${release()}`,
    ...said,
    `load average at the end ${loadavg()[0]!.toFixed(2)}`,
  ];
}
