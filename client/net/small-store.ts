/** What is used of `localStorage`. */
export type SmallStore = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** The part of one server: another one of the same origin, beneath another path, has users and channels of the same numbers. */
export function smallStoreOf(storage: SmallStore, base: string): SmallStore {
  const nameOf = (key: string): string => (base === "" ? key : `${key}@${base}`);
  return {
    getItem: (key) => storage.getItem(nameOf(key)),
    setItem: (key, value) => storage.setItem(nameOf(key), value),
    removeItem: (key) => storage.removeItem(nameOf(key)),
  };
}
