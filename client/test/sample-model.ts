/**
 * A model without a server: the people of the house, and every state by its name, also those that are hard to provoke.
 * It serves the tests of views and the pictures of `npm run screens`.
 */
import { computed, signal, type Signal } from "@preact/signals";
import { defaultShown, type Profile } from "#wire/row.ts";
import { directTextId } from "#wire/text-id.ts";
import { stranger } from "../store/people.ts";
import type { ChannelLine, Conversation, Link, Me, Model, ShownMessage } from "../store/model.ts";
import {
  sampleGroupTalk,
  sampleHistory,
  sampleMessage,
  sampleReceipts,
  sampleTalk,
} from "./sample-messages.ts";
import {
  channelOf,
  day,
  hour,
  idOf,
  minute,
  nameOf,
  presenceOf,
  sampleMembers,
  samplePeople,
  sampleStatus,
} from "./sample-people.ts";
import { alter, type Opening, type StateName } from "./sample-states.ts";

/** What a test may do to it from outside. */
export interface Sample {
  readonly model: Model;
  readonly me: Signal<Me | undefined>;
  readonly link: Signal<Link>;
  readonly isStreamed: Signal<boolean>;
  readonly channels: Signal<readonly ChannelLine[] | undefined>;
  readonly profile: Signal<Profile>;
  readonly pane: Signal<Conversation | "missing" | undefined>;
  /** Called by the views, in order: the names and what they were called with. */
  readonly calls: [name: string, ...values: unknown[]][];
  /** Grace says something in the open channel. */
  hear(body: string): void;
  /** What is being sent is stored. */
  store(): void;
  /** Older pages that `loadOlder` hands out, newest first. */
  readonly olderPages: ShownMessage[][];
}

function direct(
  nowMs: number,
  name: Parameters<typeof idOf>[0],
  last: ChannelLine["last"],
  unread = 0,
): ChannelLine {
  return {
    id: channelOf(name),
    textId: directTextId(idOf("ada"), idOf(name)),
    kind: "direct",
    name: nameOf(name),
    peer: { id: idOf(name), ...presenceOf(name, nowMs) },
    role: "member",
    last,
    unread,
  };
}

function sampleChannels(nowMs: number): ChannelLine[] {
  const said = (body: string, ageMs: number, mine = false, author: string | null = null) => ({
    body,
    mine,
    author,
    atMs: nowMs - ageMs,
  });
  return [
    direct(nowMs, "grace", said("One o'clock then. Bring the jar.", 79 * minute, true)),
    direct(nowMs, "linus", said("It builds. Talk is cheap, look at the diff.", 2 * hour), 3),
    direct(
      nowMs,
      "margaret",
      said("1202 again, and again it did the right thing by itself.", 5 * hour),
      128,
    ),
    {
      id: groupId,
      textId: groupTextId,
      kind: "group",
      name: "engine-room",
      peer: null,
      role: "admin",
      last: said("The cards are punched, all 4,000 of them.", 6 * hour, false, nameOf("katherine")),
      unread: 0,
    },
    direct(nowMs, "katherine", said("The figures agree to five places.", day)),
    direct(nowMs, "alan", said("Suppose the tape were finite, though", 3 * day, true)),
    direct(nowMs, "radia", null),
  ];
}

const groupId = 150 as ChannelLine["id"];
export const groupTextId = "group-1794476520000-7000800000000000a001";
export const graceTextId = directTextId(idOf("ada"), idOf("grace"));

export function createSample(state: StateName, nowMs = Date.now()): Sample {
  const me = signal<Me | undefined>({
    id: idOf("ada"),
    name: nameOf("ada"),
    email: "ada@parley.test",
    role: "owner",
  });
  const link = signal<Link>({ state: "open" });
  const isStreamed = signal(false);
  const channels = signal<readonly ChannelLine[] | undefined>(sampleChannels(nowMs));
  const profile = signal<Profile>({ status: null, shown: defaultShown });
  const pane = signal<Conversation | "missing" | undefined>(undefined);
  const heard = signal<{ author: string; body: string; channel: ChannelLine["id"] } | undefined>(
    undefined,
  );
  const calls: Sample["calls"] = [];
  const drafts = new Map<number, string>();
  const olderPages: ShownMessage[][] = [];
  const open: Opening = {
    of: () => undefined,
    members: async () => ({ members: sampleMembers(nowMs), count: 5, after: null }),
    people: samplePeople(nowMs),
  };
  let seq = 100_000;

  open.of = (textId) => {
    const channel = sampleChannels(nowMs).find((line) => line.textId === textId);
    if (!channel) return "missing";
    const messages =
      textId === graceTextId
        ? sampleTalk(nowMs - 79 * minute)
        : textId === groupTextId
          ? sampleGroupTalk(nowMs - 6 * hour)
          : sampleHistory(30, nowMs);
    return {
      channel,
      messages,
      older: "none",
      loaded: true,
      typing: [],
      newAfter: null,
      online: null,
      members: channel.kind === "group" ? { count: 5, version: 5 } : { count: 2, version: 2 },
    };
  };
  const change = (how: (before: Conversation) => Partial<Conversation>) => {
    if (typeof pane.value === "object") pane.value = { ...pane.value, ...how(pane.value) };
  };
  const settle = (key: string, delivery: ShownMessage["delivery"]) =>
    change(({ messages }) => ({
      messages: messages.map((each) =>
        each.key === key
          ? { ...each, delivery, seq: delivery.state === "stored" ? (seq += 1) : 0 }
          : each,
      ),
    }));

  const answer = (...call: Sample["calls"][number]): undefined => void calls.push(call);

  const model: Model = {
    me,
    link,
    isStreamed,
    channels,
    unreadTotal: computed(() => (channels.value ?? []).reduce((sum, line) => sum + line.unread, 0)),
    conversation: pane,
    heard,
    openChannel(textId) {
      calls.push(["openChannel", textId]);
      pane.value = open.of(textId);
    },
    closeChannel() {
      calls.push(["closeChannel"]);
      pane.value = undefined;
    },
    async loadOlder() {
      calls.push(["loadOlder"]);
      const page = olderPages.shift();
      if (!page) return undefined;
      change(() => ({ older: "loading" }));
      await Promise.resolve();
      change(({ messages }) => ({
        messages: [...page, ...messages],
        older: olderPages.length > 0 ? "some" : "none",
      }));
      return undefined;
    },
    say(_channel, body) {
      calls.push(["say", body]);
      const sending = { state: "sending", sinceMs: Date.now() } as const;
      change(({ messages }) => ({
        messages: [
          ...messages,
          { ...sampleMessage(0, "ada", body, Date.now(), sending), key: `own-${calls.length}` },
        ],
      }));
    },
    retry(key) {
      calls.push(["retry", key]);
      settle(key, { state: "sending", sinceMs: Date.now() });
    },
    discard(key) {
      calls.push(["discard", key]);
      change(({ messages }) => ({ messages: messages.filter((each) => each.key !== key) }));
    },
    types: (channel) => calls.push(["types", channel]),
    saw: (channel, seen) => calls.push(["saw", channel, seen]),
    async receipts(channel, about) {
      calls.push(["receipts", channel, about]);
      return sampleReceipts(nowMs);
    },
    draftOf: (channel) => drafts.get(channel) ?? "",
    keepDraft: (channel, body) => drafts.set(channel, body),
    async people(query) {
      const wanted = query.toLowerCase();
      return {
        people: open.people.filter(({ name }) =>
          name
            .toLowerCase()
            .split(" ")
            .some((word) => word.startsWith(wanted)),
        ),
        after: null,
      };
    },
    presence: (user) => signal(open.people.find(({ id }) => id === user) ?? stranger),
    status: (user) => signal(sampleStatus(user)),
    profile,
    async setStatus(text, until) {
      calls.push(["setStatus", text, until]);
      if (open.refused) return { code: open.refused };
      if (text.trim() === "") return { code: "status_invalid" };
      profile.value = { ...profile.value, status: { text: text.trim(), until } };
      return undefined;
    },
    async clearStatus() {
      calls.push(["clearStatus"]);
      if (open.refused) return { code: open.refused };
      profile.value = { ...profile.value, status: null };
      return undefined;
    },
    async setShown(shown) {
      calls.push(["setShown", shown]);
      if (open.refused) return { code: open.refused };
      profile.value = { ...profile.value, shown };
      return undefined;
    },
    startDirect: async (user) => directTextId(idOf("ada"), user),
    newGroupId: () => "019a7780-6210-7000-8000-000000000003",
    async createGroup(...wish) {
      calls.push(["createGroup", ...wish]);
      return wish[1].trim() === "" ? { code: "name_invalid" } : { textId: groupTextId };
    },
    renameGroup: async (...wish) => answer("renameGroup", ...wish),
    addMembers: async (...wish) => answer("addMembers", ...wish),
    removeMember: async (...wish) => answer("removeMember", ...wish),
    setRole: async (...wish) => answer("setRole", ...wish),
    deleteGroup: async (...wish) => answer("deleteGroup", ...wish),
    members: (channel, after) => open.members(channel, after),
    reconnectNow: () => calls.push(["reconnectNow"]),
    async signOut() {
      calls.push(["signOut"]);
      link.value = { state: "signed_out", why: "left" };
    },
  };
  const sample: Sample = {
    model,
    me,
    link,
    isStreamed,
    channels,
    profile,
    pane,
    calls,
    olderPages,
    hear(body) {
      seq += 1;
      const message = sampleMessage(seq, "grace", body, Date.now());
      change(({ messages }) => ({ messages: [...messages, message] }));
      heard.value = { author: message.author.name, body, channel: channelOf("grace") };
    },
    store() {
      if (typeof pane.value !== "object") return;
      for (const { key, delivery } of pane.value.messages) {
        if (delivery.state === "sending") settle(key, { state: "stored" });
      }
    },
  };
  alter(state, sample, open, nowMs);
  return sample;
}
