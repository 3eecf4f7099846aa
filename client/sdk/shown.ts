import { computed, type ReadonlySignal } from "@preact/signals";

import type { ChannelId, UserId } from "#wire/ids.ts";

import { type Log, newestSpan } from "../store/log.ts";
import type { ChannelLine, Conversation, Model } from "../store/model.ts";
import type { Known } from "../store/people.ts";
import { activityOf, showLine, showMessages } from "../store/show.ts";
import type { Membership, State } from "../store/state.ts";
import type { Life } from "./life.ts";

type LifeSignal = ReadonlySignal<Life | undefined>;

/** Reads a person's signal, so that what is computed with it follows the person. */
const knownIn =
  ({ people }: State) =>
  (id: UserId): Known =>
    people.of(id).value;

type LineOf = (membership: Membership) => ChannelLine;

/** Lines, each computed again only when something of its own changed. */
function linesIn(state: State): LineOf {
  const lines = new WeakMap<Membership, ReadonlySignal<ChannelLine>>();
  return (membership) => {
    let line = lines.get(membership);
    if (!line) {
      line = computed(() => {
        const channel = state.channel(membership.entity as ChannelId).value;
        return showLine(membership, channel, state.me, knownIn(state));
      });
      lines.set(membership, line);
    }
    return line.value;
  };
}

/** The list, newest activity first. It stands still while a new socket catches up, and never shows half of that. */
export function linesOf(life: LifeSignal): Model["channels"] {
  const lineOf = computed(() => life.value && linesIn(life.value.state));
  let last: { life: Life; lines: readonly ChannelLine[] } | undefined;
  return computed(() => {
    const living = life.value;
    if (!living?.state.caughtUp.value) return undefined;
    if (living.phase.value === "greeted" && last?.life === living) return last.lines;

    const { state } = living;
    const lines = state.memberships.value
      .map((membership) => ({ membership, line: lineOf.value!(membership) }))
      .sort(
        (one, other) =>
          activityOf(other.membership, other.line) - activityOf(one.membership, one.line) ||
          other.line.id - one.line.id,
      )
      .map(({ line }) => line);
    last = { life: living, lines };
    return lines;
  });
}

const counted = new WeakMap<Log["rows"], Conversation["members"]>();

/** Members as the channel's rows have them; a large group's do not all come with its newest page. */
function membersIn({ rows }: Log): Conversation["members"] {
  let members = counted.get(rows);
  if (!members) {
    const all = Array.from(rows.values()).filter(({ kind }) => kind === "member");
    members = {
      count: all.filter(({ body }) => body !== null).length,
      version: Math.max(0, ...all.map(({ version }) => version)),
    };
    counted.set(rows, members);
  }
  return members;
}

/** What the pane shows. A channel that is not in the list is `missing` only once the list is known. */
export function conversationOf(
  life: LifeSignal,
  looking: ReadonlySignal<string | undefined>,
): Model["conversation"] {
  return computed(() => {
    const living = life.value;
    if (!living || looking.value === undefined) return undefined;

    const { open, state } = living;
    const membership = open.membership.value;
    if (!membership) return state.caughtUp.value ? "missing" : undefined;
    return open.isRefused.value ? "missing" : paneOf(living, membership);
  });
}

function paneOf({ open, state }: Life, membership: Membership): Conversation {
  const known = knownIn(state);
  const id = membership.entity as ChannelId;
  const channel = state.channel(id).value;
  const line = showLine(membership, channel, state.me, known);
  return {
    channel: line,
    messages: showMessages(channel, state.me, known, state.shown.value.receipts),
    older: open.older,
    loaded: channel.log !== undefined && newestSpan(channel.log) !== undefined,
    typing: Array.from(state.typing.in(id).value, (user) => ({
      id: user,
      name: known(user).name ?? "",
    })),
    newAfter: open.newAfter.value ?? null,
    online: open.online.value,
    members: channel.log ? membersIn(channel.log) : { count: 0, version: 0 },
  };
}
