import type { Draft, Inserted } from "../../store/insert-messages.ts";
import type { MemoryStore } from "./memory-store.ts";
import type { Life, World } from "./world.ts";

const posthumousMsMax = 500;

interface Parts {
  readonly world: World;
  readonly life: Life;
  readonly store: MemoryStore;
  /** Right behind a commit of something new, before its worker hears of it. */
  readonly committed: () => void;
}

/** A worker's way to the store: every answer takes its time, and as the weather is fails, or is never given to what was done. */
export class HostileStore {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Reads at some moment between the question and the answer. */
  async read<T>(look: (store: MemoryStore) => T): Promise<T> {
    const { life, world, store } = this.#parts;
    await life.pause(world.delayMs());
    if (world.dice.chance(world.weather.unread)) throw new Error("the store does not answer");
    const found = look(store);
    await life.pause(world.delayMs());
    return found;
  }

  async insert(drafts: readonly Draft[], sends: readonly number[]): Promise<Inserted> {
    const { life, world } = this.#parts;
    const { dice, weather } = world;
    // On its way a statement is the store's: it is carried out whether or not its worker lives to hear of it.
    const sentMs = world.delayMs();
    if (dice.chance(weather.posthumous)) {
      void this.#commitLater(sentMs + dice.between(1, posthumousMsMax), drafts, sends);
      await life.pause(sentMs);
      throw new Error("the connection broke, and the statement goes on");
    }
    if (dice.chance(weather.locked)) {
      await life.pause(sentMs);
      throw Object.assign(new Error("somebody holds the channel"), { code: "55P03" });
    }
    if (dice.chance(weather.failed)) {
      await life.pause(sentMs);
      throw new Error("the connection broke before the commit");
    }
    const inserted = await this.#commitLater(sentMs, drafts, sends);
    await life.pause(world.delayMs());
    if (dice.chance(weather.unanswered)) throw new Error("the connection broke behind the commit");
    return inserted;
  }

  #commitLater(ms: number, drafts: readonly Draft[], sends: readonly number[]): Promise<Inserted> {
    const { store, world, committed } = this.#parts;
    const { promise, resolve } = Promise.withResolvers<Inserted>();
    world.clock.after(ms, () => {
      const inserted = store.insert(drafts, sends);
      if (inserted.headsBefore.size > 0) committed();
      resolve(inserted);
    });
    return promise;
  }
}
