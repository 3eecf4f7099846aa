import type { EventOf } from "#wire/event.ts";
import type { Seq, UserId } from "#wire/ids.ts";
import type { Row } from "#wire/row.ts";

interface Reached {
  readonly readSeq: Seq;
  readonly deliveredSeq: Seq;
}

/** How far the other members of an open channel are, as far as the server tells: it does up to 32 members. */
export type Others = ReadonlyMap<UserId, Reached>;

/** How far every one of the others has received and read; 0 where there is nobody, or nobody is told of. */
export interface Reach {
  readonly delivered: Seq;
  readonly read: Seq;
}

export const nobodyElse: Others = new Map();

type Told = EventOf<"pointers">["pointers"];

/** Others' pointers only grow, whichever frame comes first. */
export function withTold(others: Others, told: Told): Others {
  const moved = told.filter(({ user, readSeq, deliveredSeq }) => {
    const held = others.get(user);
    return !held || readSeq > held.readSeq || deliveredSeq > held.deliveredSeq;
  });
  if (moved.length === 0) return others;

  const next = new Map(others);
  for (const { user, readSeq, deliveredSeq } of moved) {
    const held = others.get(user);
    next.set(user, {
      readSeq: Math.max(readSeq, held?.readSeq ?? 0),
      deliveredSeq: Math.max(deliveredSeq, held?.deliveredSeq ?? 0),
    });
  }
  return next;
}

/** All who are in the channel now, as the answer to `open` lists them; what a live frame said of them before stays. */
export function withOpened(others: Others, told: Told): Others {
  const here = new Set(told.map(({ user }) => user));
  const left = new Map([...others].filter(([user]) => here.has(user)));
  return withTold(left, told);
}

/** Who leaves is waited for no longer; who joins stands at the head of that moment, which is not below the number of the joining. */
export function withMembers(others: Others, rows: readonly Row[], me: UserId): Others {
  let next = others;
  for (const { kind, entity, version, body } of rows) {
    const user = entity as UserId;
    if (kind !== "member" || user === me) continue;
    if (body) {
      if (!next.has(user))
        next = withTold(next, [{ user, readSeq: version, deliveredSeq: version }]);
    } else if (next.has(user)) {
      next = new Map([...next].filter(([other]) => other !== user));
    }
  }
  return next;
}

const reaches = new WeakMap<Others, Reach>();

export function reachOf(others: Others): Reach {
  let reach = reaches.get(others);
  if (!reach) {
    const all = [...others.values()];
    const least = (of: (one: Reached) => Seq): Seq =>
      all.length === 0 ? 0 : Math.min(...all.map(of));
    reach = {
      delivered: least(({ deliveredSeq }) => deliveredSeq),
      read: least(({ readSeq }) => readSeq),
    };
    reaches.set(others, reach);
  }
  return reach;
}
