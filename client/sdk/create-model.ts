import { computed, effect, type ReadonlySignal, type Signal } from "@preact/signals";

import { cleaned } from "#wire/body.ts";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";

import type { Connection } from "../net/connection.ts";
import type { DraftTexts } from "../net/draft-texts.ts";
import { learn } from "../net/questions.ts";
import type { Identity } from "../net/identity.ts";
import type { Clock } from "../store/clock.ts";
import { stranger } from "../store/people.ts";
import type { Link, Model, Presence } from "../store/model.ts";
import type { Life } from "./life.ts";
import { troubleOf } from "./open-channel.ts";
import { conversationOf, linesOf, showReceipts } from "./shown.ts";

interface Parts {
  readonly life: ReadonlySignal<Life | undefined>;
  readonly identity: Identity;
  readonly connection: Connection;
  readonly clock: Clock;
  readonly texts: DraftTexts;
  /** The text id of the channel that is looked at, also before it is known who looks. */
  readonly looking: Signal<string | undefined>;
}

/** How long a new direct channel may take to reach the list before the list is asked for. */
const listedMsMax = 1_000;

/** The model of `store/model.ts` over whoever is signed in. */
export function createModel({ life, identity, connection, clock, texts, looking }: Parts): Model {
  const { ask } = connection;
  const channels = linesOf(life);
  const present = new Map<UserId, ReadonlySignal<Presence>>();
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
      const answered = await ask({ op: "receipts", channel, seq });
      if (answered.op !== "receiptsPage") return troubleOf(answered) ?? { code: "unavailable" };
      const state = of()?.state;
      const nameOf = (id: UserId): string | undefined => state?.people.of(id).peek().name;
      const nameless = answered.receipts.flatMap(({ user }) => (nameOf(user) ? [] : user));
      if (state && nameless.length > 0) {
        const ids = nameless.slice(0, limits.idsPerPeopleMax);
        const named = await ask({ op: "people", ids, query: "", after: null });
        if (named.op === "peoplePage") learn(state, named);
      }
      return showReceipts(answered.receipts, (id) => nameOf(id) ?? "");
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
      let presence = present.get(user);
      of()?.state.people.watched.add(user);
      if (!presence) {
        presence = computed(() => life.value?.state.people.of(user).value ?? stranger);
        present.set(user, presence);
      }
      return presence;
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
      for (const { id, name, online, lastSeenAt } of answered.members) {
        state?.people.learn(id, { name, online, lastSeenAt });
      }
      const { members, count } = answered;
      return { members, count, after: answered.after };
    },
    reconnectNow: () => connection.hurry(),
    signOut: () => identity.signOut(),
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

/** Waits until the channel stands in the list, so that whoever opens it finds it; asks for the list where that takes long. */
async function listed({ state, gaps }: Life, channel: ChannelId, clock: Clock): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const dispose = effect(() => {
    if (state.memberships.value.some(({ entity }) => entity === channel)) resolve();
  });
  const stop = clock.after(listedMsMax, () => {
    void gaps.catchUp([state.me.id]).then(resolve);
  });
  await promise;
  stop();
  dispose();
}
