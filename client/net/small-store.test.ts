import { expect, test } from "bun:test";
import { type SmallStore, smallStoreOf } from "./small-store.ts";

test("what two servers of one origin keep stays apart", () => {
  const kept = new Map<string, string>();
  const storage: SmallStore = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
  const [one, other, root] = ["/chat", "/talk", ""].map((base) => smallStoreOf(storage, base));
  one!.setItem("draft", "of one");
  root!.setItem("draft", "of the root");
  expect([one!, other!, root!].map((store) => store.getItem("draft"))).toEqual([
    "of one",
    null,
    "of the root",
  ]);
  other!.removeItem("draft");
  expect(kept.get("draft")).toBe("of the root");
  one!.removeItem("draft");
  expect([...kept.keys()]).toEqual(["draft"]);
});
