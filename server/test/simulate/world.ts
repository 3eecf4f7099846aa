import { HandClock } from "../hand-clock.ts";
import { Dice } from "./dice.ts";
import { drawWeather, fairWeather, type Weather } from "./weather.ts";

/** Time, chance and weather of one run; everything that is simulated takes them from here and nowhere else. */
export class World {
  readonly clock = new HandClock(0);
  readonly dice: Dice;
  weather: Weather;
  /** What little is said here is made as heavy as what fills a buffer. */
  readonly byteWeight: number;
  /** What happened, for whoever looks into a seed; and what must not have. */
  readonly story: string[] = [];
  readonly faults: string[] = [];

  constructor(seed: number) {
    this.dice = new Dice(seed);
    this.weather = drawWeather(this.dice);
    this.byteWeight = this.dice.pick([200, 1_000]);
  }

  tell(sentence: string): void {
    this.story.push(`${this.clock.now()} ms: ${sentence}`);
  }

  blame(sentence: string): void {
    this.faults.push(`${this.clock.now()} ms: ${sentence}`);
  }

  /** The rain is over. */
  clearUp(): void {
    this.weather = fairWeather;
  }

  /** How long something takes on its way. */
  delayMs(): number {
    const { late, lateMsMax } = this.weather;
    return this.dice.chance(late) ? this.dice.between(1, lateMsMax) : this.dice.between(1, 3);
  }
}

/** The timers of one worker, which end with it. */
export class Life {
  readonly #world: World;
  isOver = false;

  constructor(world: World) {
    this.#world = world;
  }

  now = (): number => this.#world.clock.now();

  after = (ms: number, call: () => void): (() => void) =>
    this.#world.clock.after(ms, () => {
      if (!this.isOver) call();
    });

  pause = (ms: number): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.after(ms, resolve);
    return promise;
  };
}
