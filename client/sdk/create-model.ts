import { computed, effect, type ReadonlySignal, type Signal } from "@preact/signals";

import { cleaned } from "#wire/body.ts";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import { defaultShown } from "#wire/row.ts";

import type { Connection } from "../net/connection.ts";
import type { DraftTexts } from "../net/draft-texts.ts";
import { learn } from "../net/questions.ts";
import type { Identity } from "../net/identity.ts";
import type { Clock } from "../store/clock.ts";
import { type Known, stranger } from "../store/people.ts";
import type { Link, Model, Presence } from "../store/model.ts";
import type { State } from "../store/state.ts";
import type { Life } from "./life.ts";
import { troubleOf } from "./open-channel.ts";
import { conversationOf, linesOf } from "./shown.ts";

interface Parts {
  readonly life: ReadonlySignal<Life | undefined>;
  readonly identity: Identity;
  readonly connection: Connection;
  readonly clock: Clock;
  readonly texts: DraftTexts;
  /** The text id of the channel that is looked at, also before it is known who looks. */
  readonly looking: Signal<string | undefined>;
}

/** How long a change of one's own may take to come back before it is asked for. */
const toldMsMax = 1_000;

/** The model of `store/model.ts` over whoever is signed in. */
export function createModel({ life, identity, connection, clock, texts, looking }: Parts): Model {
  const { ask } = connection;
  const channels = linesOf(life);
  const presence = ofEach(life, (known): Presence => known);
  const of = (): Life | undefined => life.peek();

  return {
    me: identity.me,
    link: connection.link,
    isStreamed: connection.isStreamed,
    channels,
    unreadTotal: computed(() =>
      (channels.value ?? []).reduce((total, { unread }) => total + unread, 0),
    ),
    conversation: conversationOf(life, looking),
    heard: computed(() => life.value?.heard.value),

    openChannel(textId) {
      of()?.typing.stop();
      looking.value = textId;
    },
    closeChannel() {
      of()?.typing.stop();
      looking.value = undefined;
    },
    loadOlder: async () => of()?.open.loadOlder(),
    say(channel, body) {
      const said = cleaned(body);
      if (said === "") return;
      of()?.outbox.say(channel, said);
      of()?.typing.stop();
    },
    retry: (key) => of()?.outbox.retry(key),
    discard: (key) => of()?.outbox.discard(key),
    types: (channel) => of()?.typing.types(channel),
    saw: (channel, seq) => of()?.read(channel, seq),
    async receipts(channel, seq) {
      try {
        const { receiptsOf } = await import("./receipts.ts");
        return await receiptsOf(channel, seq, ask, of()?.state);
      } catch {
        return { code: "offline" }; // The server is away, or has a newer version.
      }
    },
    draftOf: (channel) => texts.of(identity.me.peek()?.id, channel),
    keepDraft: (channel, body) => texts.keep(identity.me.peek()?.id, channel, body),
    async people(query, after) {
      const begin = query.slice(0, limits.queryCharsMax).toWellFormed();
      await decided(connection.link);
      const answered = await ask({ op: "people", ids: [], query: begin, after });
      if (answered.op !== "peoplePage") return troubleOf(answered) ?? { code: "unavailable" };
      const state = of()?.state;
      if (state) learn(state, answered);
      return { people: answered.people, after: answered.after };
    },
    presence(user) {
      of()?.state.people.watched.add(user);
      return presence(user);
    },
    status: ofEach(life, ({ status }) => status),
    profile: computed(
      () => life.value?.state.profile.value ?? { status: null, shown: defaultShown },
    ),
    setStatus: async (text, until) =>
      troubleOf(await ask({ op: "setStatus", status: { text: cleaned(text), until } })),
    clearStatus: async () => troubleOf(await ask({ op: "setStatus", status: null })),
    async setShown(shown) {
      const living = of();
      const before = living?.state.shown.peek();
      const answered = await ask({ op: "setShown", shown });
      if (answered.op === "done" && living) {
        await told(living, (state) => state.shown.value !== before, clock);
      }
      return troubleOf(answered);
    },
    async startDirect(user) {
      const answered = await ask({ op: "createDirect", user });
      if (answered.op !== "direct") return troubleOf(answered) ?? { code: "unavailable" };
      const living = of();
      if (living) await listed(living, answered.channel, clock);
      return answered.textId;
    },
    newGroupId: () => of()?.newId() ?? "",
    async createGroup(id, name, users) {
      const answered = await ask({ op: "createGroup", id, name, users: [...users] });
      if (answered.op !== "created") return troubleOf(answered) ?? { code: "unavailable" };
      const living = of();
      if (living) await listed(living, answered.channel, clock);
      return { textId: answered.textId };
    },
    renameGroup: async (channel, name) =>
      troubleOf(await ask({ op: "renameGroup", channel, name })),
    addMembers: async (channel, users) =>
      troubleOf(await ask({ op: "addMembers", channel, users: [...users] })),
    removeMember: async (channel, user) =>
      troubleOf(await ask({ op: "removeMember", channel, user })),
    setRole: async (channel, user, role) =>
      troubleOf(await ask({ op: "setRole", channel, user, role })),
    deleteGroup: async (channel) => troubleOf(await ask({ op: "deleteGroup", channel })),
    async members(channel, after) {
      const answered = await ask({ op: "members", channel, after });
      if (answered.op !== "membersPage") return troubleOf(answered) ?? { code: "unavailable" };
      const state = of()?.state;
      for (const { id, name, online, lastSeenAt, away, status } of answered.members) {
        state?.people.learn(id, { name, online, lastSeenAt, away, status });
      }
      const { members, count } = answered;
      return { members, count, after: answered.after };
    },
    reconnectNow: () => connection.hurry(),
    signOut: () => identity.signOut(),
  };
}

/** One signal for each person, of what is known of them to whoever is signed in. */
function ofEach<Value>(
  life: ReadonlySignal<Life | undefined>,
  read: (known: Known) => Value,
): (user: UserId) => ReadonlySignal<Value> {
  const signals = new Map<UserId, ReadonlySignal<Value>>();
  return (user) => {
    let found = signals.get(user);
    if (!found) {
      found = computed(() => read(life.value?.state.people.of(user).value ?? stranger));
      signals.set(user, found);
    }
    return found;
  };
}

/** A page that is just loading has asked before its socket is open: waits until there is one, or the break is worth a word. */
async function decided(link: ReadonlySignal<Link>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const dispose = effect(() => {
    if (link.value.state !== "connecting" && link.value.state !== "quiet") resolve();
  });
  await promise;
  dispose();
}

/** Waits until the channel stands in the list, so that whoever opens it finds it. */
function listed(life: Life, channel: ChannelId, clock: Clock): Promise<void> {
  const isThere = ({ memberships }: State): boolean =>
    memberships.value.some(({ entity }) => entity === channel);
  return told(life, isThere, clock);
}

/** Waits until the user's own stream has told something; asks for it where that takes long. */
async function told(
  { state, gaps }: Life,
  isThere: (state: State) => boolean,
  clock: Clock,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const dispose = effect(() => {
    if (isThere(state)) resolve();
  });
  const stop = clock.after(toldMsMax, () => {
    void gaps.catchUp([state.me.id]).then(resolve);
  });
  await promise;
  stop();
  dispose();
}
