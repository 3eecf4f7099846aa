import type { ReplyOf } from "#wire/event.ts";
import type { ChannelId, Seq, UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";

import type { Ask } from "../net/calls.ts";
import { learn } from "../net/questions.ts";
import type { Receipt, Trouble } from "../store/model.ts";
import type { State } from "../store/state.ts";
import { troubleOf } from "./open-channel.ts";

/** Who has a message, with the names of those who were strangers until now. Fetched when somebody asks for the first. */
export async function receiptsOf(
  channel: ChannelId,
  seq: Seq,
  ask: Ask,
  state: State | undefined,
): Promise<readonly Receipt[] | Trouble> {
  const answered = await ask({ op: "receipts", channel, seq });
  if (answered.op !== "receiptsPage") return troubleOf(answered) ?? { code: "unavailable" };
  const nameOf = (id: UserId): string | undefined => state?.people.of(id).peek().name;
  const nameless = answered.receipts.flatMap(({ user }) => (nameOf(user) ? [] : user));
  if (state && nameless.length > 0) {
    const ids = nameless.slice(0, limits.idsPerPeopleMax);
    const named = await ask({ op: "people", ids, query: "", after: null });
    if (named.op === "peoplePage") learn(state, named);
  }
  return showReceipts(answered.receipts, (id) => nameOf(id) ?? "");
}

const rank = { read: 0, delivered: 1, stored: 2 } as const;

/** Readers first, then who has received it, then who has not; within each the earliest first, and those whose time is forgotten before all. */
function showReceipts(
  receipts: ReplyOf<"receiptsPage">["receipts"],
  nameOf: (id: UserId) => string,
): Receipt[] {
  return receipts
    .map(({ user, delivered, deliveredAt, read, readAt }): Receipt => ({
      id: user,
      name: nameOf(user),
      state: read ? "read" : delivered ? "delivered" : "stored",
      atMs: read ? readAt : deliveredAt,
    }))
    .sort(
      (one, other) =>
        rank[one.state] - rank[other.state] ||
        (one.atMs ?? 0) - (other.atMs ?? 0) ||
        one.name.localeCompare(other.name),
    );
}
