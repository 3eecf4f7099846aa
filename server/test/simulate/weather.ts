import type { Dice } from "./dice.ts";

/** What goes wrong, and how often: drawn for every run, so that runs differ in kind and not only in luck. */
export interface Weather {
  /** Of the frames between workers. */
  readonly lost: number;
  readonly doubled: number;
  /** Of those that take their time, up to `lateMsMax`; so they overtake each other. */
  readonly late: number;
  readonly lateMsMax: number;
  /** Of the statements that write: committed without an answer, not committed, committed after the answer that it failed, locked. */
  readonly unanswered: number;
  readonly failed: number;
  readonly posthumous: number;
  readonly locked: number;
  /** Of the statements that read. */
  readonly unread: number;
  /** Of the commits: the worker dies right behind it, before anybody is told. */
  readonly deaths: number;
  /** Nobody dies without being missed: in such a run nothing excuses a late tail. */
  readonly onlyMissedDie: boolean;
  /** Of those whose socket breaks: they never come back. */
  readonly departures: number;
  /** How often each of these happens in a run. */
  readonly brokenSockets: number;
  readonly murders: number;
  readonly busOutages: number;
  /** Somebody leaves, or is removed by somebody else, and mostly comes back. */
  readonly removals: number;
  readonly slowReaders: number;
}

export function drawWeather(dice: Dice): Weather {
  const sometimes = (most: number): number => dice.pick([0, most / 4, most]);
  return {
    lost: sometimes(0.4),
    doubled: sometimes(0.3),
    late: sometimes(0.3),
    lateMsMax: dice.pick([20, 200, 2_000]),
    unanswered: sometimes(0.2),
    failed: sometimes(0.2),
    posthumous: sometimes(0.2),
    locked: sometimes(0.2),
    unread: sometimes(0.1),
    deaths: sometimes(0.2),
    onlyMissedDie: dice.chance(0.5),
    departures: sometimes(0.4),
    brokenSockets: dice.between(0, 8),
    murders: dice.between(0, 2),
    busOutages: dice.between(0, 2),
    removals: dice.pick([0, 3, 10]),
    slowReaders: dice.pick([0, 3, 8]),
  };
}

/** Nothing goes wrong: what every run ends with, so that what was broken by then has to mend itself. */
export const fairWeather: Weather = {
  lost: 0,
  doubled: 0,
  late: 0,
  lateMsMax: 0,
  unanswered: 0,
  failed: 0,
  posthumous: 0,
  locked: 0,
  unread: 0,
  deaths: 0,
  onlyMissedDie: true,
  departures: 0,
  brokenSockets: 0,
  murders: 0,
  busOutages: 0,
  removals: 0,
  slowReaders: 0,
};
