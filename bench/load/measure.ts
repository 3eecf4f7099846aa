import { findWithin } from "#lib/wait.ts";
import type { BenchServer } from "./bench-server.ts";
import { Latency } from "./latency.ts";
import { faultsOf, Ledger } from "./ledger.ts";
import { cpuBetween, hasAccounting } from "./processes.ts";

export type Figures = Readonly<Record<string, number>>;

/** What one run found, and what was wrong with it. */
export interface Run {
  readonly figures: Figures;
  readonly faults: readonly string[];
}

const settleMsMax = 10_000;

/** What is counted and timed while a run goes on. */
export class Measure {
  readonly ledger = new Ledger();
  /** From the planned moment to each recipient. */
  readonly received = new Latency();
  /** From the planned moment to the reply, which means committed. */
  readonly committed = new Latency();
  readonly refused = new Map<string, number>();
  lastMs = 0;
  frames = 0;

  refuse(code: string, count: number): void {
    this.refused.set(code, (this.refused.get(code) ?? 0) + count);
  }

  faults(): string[] {
    const refused = [...this.refused].map(([code, count]) => `${count} refused: ${code}`);
    return [...faultsOf(this.ledger.counts()), ...refused];
  }
}

/** Speaks until all is said, then waits until all is heard; what is not heard by then is missing. */
export async function runOf(
  server: BenchServer,
  measure: Measure,
  speak: () => Promise<void>,
): Promise<Run> {
  const before = server.usage();
  const startMs = performance.now();
  await speak();
  await findWithin(settleMsMax, () => measure.ledger.isComplete || undefined, 5);
  const cpu = cpuBetween(before, server.usage());
  const seconds = (measure.lastMs - startMs) / 1_000;
  const { sends, deliveries } = measure.ledger.counts();
  return {
    faults: measure.faults(),
    figures: {
      "messages per second": sends / seconds,
      "deliveries per second": deliveries / seconds,
      "deliveries per frame": deliveries / measure.frames,
      ...(hasAccounting && {
        "worker CPU s per million deliveries": (cpu.worker / deliveries) * 1e6,
        "PostgreSQL CPU s per million deliveries": (cpu.postgres / deliveries) * 1e6,
        "Redis CPU s per million deliveries": (cpu.redis / deliveries) * 1e6,
        "worker CPU µs per message": (cpu.worker / sends) * 1e6,
        "PostgreSQL CPU µs per message": (cpu.postgres / sends) * 1e6,
        "Redis CPU µs per message": (cpu.redis / sends) * 1e6,
      }),
      ...measure.received.figures("receipt"),
      ...measure.committed.figures("reply"),
    },
  };
}

/** The first only warms up, but must be right as well. A run that is wrong ends it: what follows would count its remains. */
export async function repeated(runs: number, run: () => Promise<Run>): Promise<Run[]> {
  const first = await run();
  if (first.faults.length > 0) return [first];

  const measured: Run[] = [];
  while (measured.length < runs && measured.every(({ faults }) => faults.length === 0)) {
    measured.push(await run());
  }
  return measured;
}
