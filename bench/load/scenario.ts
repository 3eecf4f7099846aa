import type { BenchServer } from "./bench-server.ts";
import type { Cores } from "./cores.ts";
import { everywhere, type Options, type Widened } from "./options.ts";
import type { Report } from "./report.ts";

/** What a scenario is given. */
export interface Place {
  readonly server: BenchServer;
  readonly cores: Cores | undefined;
}

/** Options of any scenario: what all understand, and its own. */
export type AnyOptions = Options & Widened<typeof everywhere>;

/** One question to a server, and how it is asked. */
export interface Scenario {
  /** In one line. */
  readonly asks: string;
  readonly defaults: AnyOptions;
  /** `options` are the defaults, or others in their place. */
  measure(place: Place, options: AnyOptions): Promise<Report>;
}

/** A scenario with options of its own; a default that stands in both is its own. */
export function scenario<Own extends Options>(
  asks: string,
  own: Own,
  measure: (place: Place, options: Widened<typeof everywhere & Own>) => Promise<Report>,
): Scenario {
  return {
    asks,
    defaults: { ...everywhere, ...own },
    measure: (place, options) => measure(place, options as Widened<typeof everywhere & Own>),
  };
}
