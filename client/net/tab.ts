import { base } from "./base.ts";

/** This tab among the tabs of one browser: who owns which draft, and whether that tab still lives. */
export interface Tab {
  readonly id: string;
  /** Whether a tab lives; a browser without locks (plain http) cannot say and calls all others dead: sending twice is harmless. */
  living(): Promise<(tab: string) => boolean>;
}

/** Another server of the same origin has users of the same numbers. */
const prefix = `parley-tab:${base}`;

/** Holds a lock for as long as the page lives: the browser lets it go, also in a crash. */
export function joinTabs(id: string, locks: LockManager | undefined): Tab {
  if (!locks) return { id, living: () => Promise.resolve(() => false) };

  const joined = new Promise<void>((resolve) => {
    locks
      .request(`${prefix}${id}`, () => {
        resolve();
        return new Promise(() => undefined);
      })
      .catch(() => resolve()); // A browser that forbids them: as without.
  });
  return {
    id,
    async living() {
      await joined;
      const { held = [] } = await locks.query();
      const names = new Set(held.map(({ name }) => name));
      return (tab) => names.has(`${prefix}${tab}`);
    },
  };
}
