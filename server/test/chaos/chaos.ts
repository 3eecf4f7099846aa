import { Dice } from "../simulate/dice.ts";
import { checkHistories, type Verdict } from "./check-histories.ts";
import type { Fault } from "./faults.ts";
import { Stage } from "./stage.ts";

export interface Played {
  readonly name: string;
  /** From when it struck until what was written then was shown on every device; undefined where that took too long. */
  readonly recoveryMs: number | undefined;
  /** What was so then. */
  readonly why?: readonly string[];
}

export interface ChaosRun {
  readonly seed: number;
  readonly played: readonly Played[];
  readonly messages: number;
  readonly shown: number;
  readonly returns: number;
  readonly lagged: number;
  /** Whether in the end all was acknowledged and shown everywhere. */
  readonly cameToRest: boolean;
  readonly verdict: Verdict;
}

interface Plan {
  readonly seed: number;
  readonly faults: readonly Fault[];
  /** All faults are played in some order, again and again until so much time is over; once at least. */
  readonly msMin?: number;
  /** How often one does not wait for the end of another: 0 to 1. */
  readonly overlaps?: number;
  readonly tell?: (played: Played) => void;
}

/** People write while everything goes wrong; then all comes to rest, and every history is read against the database. */
export async function runChaos({
  seed,
  faults,
  msMin = 0,
  overlaps = 0.3,
  tell = () => undefined,
}: Plan): Promise<ChaosRun> {
  const dice = new Dice(seed);
  await using stage = await Stage.start(dice);
  const played: Played[] = [];
  const sinceMs = performance.now();
  const play = async (fault: Fault, beside: readonly string[]): Promise<void> => {
    const { name } = fault;
    const struck = Promise.withResolvers<void>();
    const [, reached] = await Promise.all([
      fault.strike(stage, struck.resolve),
      struck.promise.then(() => stage.reachesAll(`after this: ${name}`)),
    ]);
    played.push(
      "ms" in reached
        ? { name, recoveryMs: reached.ms }
        : { name, recoveryMs: undefined, why: [`beside ${beside.join(" and ")}`, ...reached.why] },
    );
    tell(played.at(-1)!);
  };
  do {
    const left = shuffle(faults, dice);
    for (let fault = left.pop(); fault; fault = left.pop()) {
      const other = !fault.isAlone && dice.chance(overlaps) ? takeOther(left) : [];
      const both = [fault, ...other];
      const names = both.map(({ name }) => name);
      await Promise.all(both.map((one) => play(one, names)));
    }
  } while (performance.now() - sinceMs < msMin);

  const cameToRest = await stage.comesToRest();
  const histories = stage.devices.map(({ history }) => history);
  return {
    seed,
    played,
    messages: histories.reduce((sum, { written }) => sum + written.length, 0),
    shown: histories.reduce(
      (sum, { shown }) =>
        sum + [...shown.values()].reduce((all, { messages }) => all + messages.length, 0),
      0,
    ),
    returns: stage.devices.reduce((sum, device) => sum + device.returns, 0),
    lagged: stage.devices.reduce((sum, device) => sum + device.lagged, 0),
    cameToRest,
    verdict: checkHistories(histories, await stage.stored()),
  };
}

/** One that can be played beside another, where there is one. */
function takeOther(left: Fault[]): Fault[] {
  const at = left.findIndex(({ isAlone = false }) => !isAlone);
  return at < 0 ? [] : left.splice(at, 1);
}

function shuffle<T>(from: readonly T[], dice: Dice): T[] {
  const left = [...from];
  return from.map(() => left.splice(dice.between(0, left.length - 1), 1)[0]!);
}
