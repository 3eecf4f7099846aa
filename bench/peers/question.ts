import type { Run } from "../load/measure.ts";
import type { Contestant } from "./contestant.ts";
import type { Ability } from "./peer.ts";

/** How it is asked of one contestant, whose sockets are there until it ends. */
export interface Asked {
  run(): Promise<Run>;
  end(): Promise<void>;
}

/** One question that Parley and its peers are asked in turn. */
export interface Question {
  readonly name: string;
  /** In one line. */
  readonly asks: string;
  /** Which figures are compared, in this order. */
  readonly figures: readonly string[];
  /** Only those are asked who can do that. */
  readonly needs?: Ability;
  /** Parley's events that are not stored are asked too. */
  readonly asksEphemeral?: boolean;
  /** The first run starts from nothing as all others do: none is needed to warm up. */
  readonly isCold?: boolean;
  /** Makes what is needed, and opens what stays open. */
  ask(contestant: Contestant): Promise<Asked>;
}

/** Of how much of everything, and for how long. */
export interface Extent {
  readonly seconds: number;
  /** At most, in any question. */
  readonly socketsMax: number;
  /** How long what was said may take to be heard, where not as usual. */
  readonly settleMsMax?: number;
}
