import { afterAll, expect, test } from "bun:test";
import type { UserId } from "#wire/ids.ts";
import type { Registry } from "./registry.ts";

export const people = (...numbers: number[]): UserId[] => numbers as UserId[];

/** What `registry.ts` promises, asked of one kind of registry. `start` is the only worker of a whole of its own. */
export function describeRegistry(kind: string, start: () => Promise<Registry>): void {
  const started: Registry[] = [];
  const begin = async (): Promise<Registry> => {
    const registry = await start();
    started.push(registry);
    return registry;
  };
  afterAll(async () => {
    for (const registry of started) await registry.close();
  });
  const [ada, grace, linus] = [1, 65, 130] as UserId[] as [UserId, UserId, UserId];

  test(`P1 P7: a registry of the kind ${kind} says who comes first and who goes last`, async () => {
    const registry = await begin();
    expect(await registry.set(ada, "here")).toBe("here");
    expect(await registry.set(ada, "here")).toBeUndefined();
    expect(await registry.here([ada, grace])).toEqual(new Map([[ada, "here"]]));
    expect(await registry.set(ada, "offline")).toBe("offline");
    expect(await registry.set(ada, "offline")).toBeUndefined();
    expect(await registry.here([ada, grace])).toEqual(new Map());
  });

  test(`B12 P7: a registry of the kind ${kind} tells away from here`, async () => {
    const registry = await begin();
    expect(await registry.set(ada, "away")).toBe("away");
    expect(await registry.here([ada])).toEqual(new Map([[ada, "away"]]));
    expect(await registry.set(ada, "here")).toBe("here");
    expect(await registry.set(ada, "here")).toBeUndefined();
    expect(await registry.set(ada, "away")).toBe("away");
    expect(await registry.online(0, 9)).toEqual([ada]);
    expect(await registry.set(ada, "offline")).toBe("offline");
    expect(await registry.online(0, 9)).toEqual([]);
  });

  test(`P9: a registry of the kind ${kind} lists who is here by number, a page at a time`, async () => {
    const registry = await begin();
    for (const user of [linus, ada, grace]) await registry.set(user, "here");
    expect(await registry.online(0, 2)).toEqual([ada, grace]);
    expect(await registry.online(grace, 2)).toEqual([linus]);
    expect(await registry.online(linus, 2)).toEqual([]);
  });
}
