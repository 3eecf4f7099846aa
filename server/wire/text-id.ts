import type { UserId } from "./ids.ts";

/** C1: the same id for a pair whoever begins, `dm-<smaller>-<greater>`. A note to oneself is a pair too. */
export function directTextId(one: UserId, other: UserId): string {
  return `dm-${Math.min(one, other)}-${Math.max(one, other)}`;
}
