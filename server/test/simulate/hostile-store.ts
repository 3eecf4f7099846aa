import type { Refusal } from "#wire/codes.ts";
import type { GroupChange } from "../../store/group.ts";
import type { Draft, Inserted } from "../../store/insert-messages.ts";
import type { PointerMove, PointerMoved } from "../../store/pointer.ts";
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

interface Statement<T> {
  readonly commit: (store: MemoryStore) => T;
  /** Whether it stored something that nobody has heard of. */
  readonly isNew: (written: T) => boolean;
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

  insert(drafts: readonly Draft[], sends: readonly number[]): Promise<Inserted> {
    return this.#write({
      commit: (store) => store.insert(drafts, sends),
      isNew: ({ headsBefore }) => headsBefore.size > 0,
    });
  }

  movePointers(moves: readonly PointerMove[]): Promise<PointerMoved[]> {
    return this.#write({
      commit: (store) => store.movePointers(moves),
      isNew: (moved) => moved.length > 0,
    });
  }

  changeGroup(
    change: (store: MemoryStore) => GroupChange | Refusal,
  ): Promise<GroupChange | Refusal> {
    return this.#write({
      commit: change,
      isNew: (changed) => !("refused" in changed) && changed.touched.length > 0,
    });
  }

  async #write<T>(statement: Statement<T>): Promise<T> {
    const { life, world } = this.#parts;
    const { dice, weather } = world;
    // On its way a statement is the store's: it is carried out whether or not its worker lives to hear of it.
    const sentMs = world.delayMs();
    if (dice.chance(weather.posthumous)) {
      void this.#commitLater(sentMs + dice.between(1, posthumousMsMax), statement);
      await life.pause(sentMs);
      throw new Error("the connection broke, and the statement goes on");
    }
    if (dice.chance(weather.locked)) {
      await life.pause(sentMs);
      throw Object.assign(new Error("somebody holds the row"), { code: "55P03" });
    }
    if (dice.chance(weather.failed)) {
      await life.pause(sentMs);
      throw new Error("the connection broke before the commit");
    }
    const written = await this.#commitLater(sentMs, statement);
    await life.pause(world.delayMs());
    if (dice.chance(weather.unanswered)) throw new Error("the connection broke behind the commit");
    return written;
  }

  #commitLater<T>(ms: number, { commit, isNew }: Statement<T>): Promise<T> {
    const { store, world, committed } = this.#parts;
    const { promise, resolve } = Promise.withResolvers<T>();
    world.clock.after(ms, () => {
      const written = commit(store);
      if (isNew(written)) committed();
      resolve(written);
    });
    return promise;
  }
}
