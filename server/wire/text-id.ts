import type { UserId } from "./ids.ts";

/** C1: the same id for a pair whoever begins, `dm-<smaller>-<greater>`. A note to oneself is a pair too. */
export function directTextId(one: UserId, other: UserId): string {
  return `dm-${Math.min(one, other)}-${Math.max(one, other)}`;
}

/**
 * C5: the id of a group, `group-<milliseconds>-<random>`, from the UUID that its maker's client made: in version 7 the time stands in
 * the first 48 bits, so that the same wish asked twice is the same group.
 */
export function groupTextId(id: string): string {
  const digits = id.replaceAll("-", "");
  return `group-${Number.parseInt(digits.slice(0, 12), 16)}-${digits.slice(12)}`;
}
