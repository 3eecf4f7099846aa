import { Turns } from "#lib/turns.ts";

/** More at once would only wait in the server. */
const atOnceMax = 32;

/** Everybody comes in, some at once; in the order of the plan. */
export async function allOf<Item, Entered>(
  items: readonly Item[],
  enter: (item: Item, place: number) => Promise<Entered>,
): Promise<Entered[]> {
  const turns = new Turns(atOnceMax);
  return await Promise.all(items.map((item, place) => turns.take(() => enter(item, place))));
}
