import type { Seq } from "#wire/ids.ts";

/** Addresses `since` to `through`, both included, of which every message is held. */
export interface Span {
  readonly since: Seq;
  readonly through: Seq;
  /** Whether there are messages before `since`. */
  readonly older: boolean;
}

/** Adds what was covered. Spans that touch or overlap become one; they stay in order of their addresses. */
export function addSpan(spans: readonly Span[], added: Span): readonly Span[] {
  let joined = added;
  const apart: Span[] = [];
  for (const span of spans) {
    if (touches(span, joined)) joined = join(span, joined);
    else apart.push(span);
  }
  return [...apart, joined].sort((one, other) => one.since - other.since);
}

function touches(one: Span, other: Span): boolean {
  return one.since <= other.through + 1 && other.since <= one.through + 1;
}

function join(one: Span, other: Span): Span {
  return {
    since: Math.min(one.since, other.since),
    through: Math.max(one.through, other.through),
    // What stands before the lower one stands before both. Nothing is ever born in the past, so where both begin at one
    // address and do not agree, the page that found the beginning is right.
    older:
      one.since === other.since
        ? one.older && other.older
        : one.since < other.since
          ? one.older
          : other.older,
  };
}
