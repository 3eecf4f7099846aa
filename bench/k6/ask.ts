import { findWithin, pause } from "#lib/wait.ts";
import { Audience } from "../load/audience.ts";
import type { Ledger } from "../load/ledger.ts";
import type { Population, Served } from "../load/population.ts";
import { counted } from "./counted.ts";
import { plannedChannels, makeSetting } from "./setting.ts";
import { runK6 } from "./run-k6.ts";
import { StreamReader } from "./stream-reader.ts";
import type { Shape, Target } from "./targets.ts";
import { type Result, resultOf, unasked } from "./verdict.ts";

const settleMsMax = 5_000;

export interface Asking {
  readonly server: Served;
  /** The program. */
  readonly k6: string;
  /** Where what it is told, runs and writes down lies. */
  readonly folder: string;
  /** Sockets and requests of k6 go here, where that is not the server itself. */
  readonly through?: string;
}

/** Makes the people and channels that the target's question needs, lets k6 ask it, and says how it went. What stands in the way fails this question alone. */
export async function ask(asking: Asking, target: Target, shape: Shape): Promise<Result> {
  try {
    return await askPrepared(asking, target, shape);
  } catch (error) {
    return unasked(target, error instanceof Error ? error.message : String(error));
  }
}

async function askPrepared(
  { server, k6, folder, through = server.url }: Asking,
  target: Target,
  shape: Shape,
): Promise<Result> {
  const setting = await makeSetting(server, shape);
  await pause(shape.restSeconds * 1_000);
  const held = setting.population.people.filter((_, place) => isHeld(place, shape));
  const others = setting.population.people.filter((_, place) => !isHeld(place, shape));
  const beside = await Beside.open(server, { ...setting.population, people: others });
  using reader = new StreamReader(through);
  const { name, question, way, bounds } = target;
  const ending = await runK6(k6, folder, {
    target: { name, question, way, bounds },
    shape,
    url: through,
    people: held.map(({ id, token }) => ({ id, token })),
    channels: plannedChannels(setting, held),
    streamReader: reader.url,
  });
  const measured = ending.summary?.metrics[counted.asked]?.values["count"] ?? 0;
  const said = measured + Math.round(shape.rate * shape.warmSeconds) * shape.burst;
  return resultOf(target, { ...ending, faults: await beside.faults(said) });
}

/** Evenly among all, as they were made. */
function isHeld(place: number, { people, held }: Shape): boolean {
  return (
    held === 0 || Math.floor((place * held) / people) !== Math.floor(((place - 1) * held) / people)
  );
}

/** Those whom k6 does not hold: they are there, and hear all that it says. */
class Beside {
  readonly #audience: Audience;
  readonly #ledger: Ledger;

  private constructor(audience: Audience) {
    this.#audience = audience;
    this.#ledger = audience.begin().ledger;
  }

  static async open(server: Served, population: Population): Promise<Beside> {
    return new Beside(await Audience.open(server, population));
  }

  /** What is wrong with what they have heard, of so many messages; they leave. */
  async faults(said: number): Promise<string[]> {
    const due = said * this.#audience.seats.length;
    // What was said they do not know: all that they heard is unaccounted for.
    const heard = (): number => this.#ledger.counts().unaccounted;
    await findWithin(settleMsMax, () => heard() >= due || undefined);
    const { doubled, reordered } = this.#ledger.counts();
    const found = heard();
    await this.#audience.leave();
    return [
      ...(found === due ? [] : [`${found} heard beside k6, not ${due}`]),
      ...(doubled + reordered === 0
        ? []
        : [`${doubled} doubled and ${reordered} reordered beside k6`]),
    ];
  }
}
