import { randomBytes } from "node:crypto";

export interface PasswordOptions {
  readonly atOnceMax: number;
  readonly waitingMax: number;
  /** argon2id's memory in KiB and its passes. */
  readonly memoryCost: number;
  readonly timeCost: number;
}

/** One hash holds 64 MiB and a core for about 50 ms: two at a time leave the rest to messages. */
const defaults: PasswordOptions = {
  atOnceMax: 2,
  waitingMax: 128, // About three seconds of hashing; who comes then is asked to come again.
  memoryCost: 64 * 1024,
  timeCost: 2,
};

export interface Passwords {
  /** The argon2id hash to store, or undefined when too many wait. */
  hash(password: string): Promise<string | undefined>;
  /**
   * Whether this is the password, or undefined when too many wait. Without a hash to compare with (no such account) it
   * takes the same time and says no.
   */
  matches(password: string, hash: string | null | undefined): Promise<boolean | undefined>;
}

/** Hashes and compares passwords, a few at a time in order of arrival. */
export function createPasswords(changes: Partial<PasswordOptions> = {}): Passwords {
  const { atOnceMax, waitingMax, memoryCost, timeCost } = { ...defaults, ...changes };
  const waiting: (() => void)[] = [];
  let running = 0;

  const inTurn = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    if (running >= atOnceMax) {
      if (waiting.length >= waitingMax) return undefined;

      await new Promise<void>((go) => waiting.push(go));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next)
        next(); // It takes over our place; `running` stays.
      else running -= 1;
    }
  };

  const argon2id = async (password: string): Promise<string> =>
    await Bun.password.hash(typed(password), { algorithm: "argon2id", memoryCost, timeCost });

  // Nobody's password, hashed as everybody's is. Made at once, so that not even the first stranger waits longer.
  const nobodys = inTurn(async () => await argon2id(randomBytes(16).toString("hex")));

  return {
    hash: async (password) => await inTurn(async () => await argon2id(password)),
    matches: async (password, hash) => {
      const compared = hash ?? (await nobodys)!;
      const same = await inTurn(async () => await Bun.password.verify(typed(password), compared));
      return same === undefined ? undefined : same && typeof hash === "string";
    },
  };
}

/** Keyboards of different systems write the same letter in different ways. */
function typed(password: string): string {
  return password.normalize("NFKC");
}
