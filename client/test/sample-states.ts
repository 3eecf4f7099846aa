import type { Conversation, Model, PersonLine, ShownMessage, Trouble } from "../store/model.ts";
import { sampleHistory, sampleMessage } from "./sample-messages.ts";
import type { Sample } from "./sample-model.ts";
import { hour, idOf, minute, nameOf } from "./sample-people.ts";

type Opened = Conversation | "missing" | undefined;
/** What a channel holds when it is opened, and who is in it. */
export interface Opening {
  of: (textId: string) => Opened;
  members: Model["members"];
  people: readonly PersonLine[];
  /** What every change of the own profile is answered by. */
  refused?: Trouble["code"];
}

const poem = Array.from(
  { length: 40 },
  (_, at) => `${at + 1}. The engine weaves its patterns.`,
).join("\n");

const unusual: [who: "ada" | "grace", body: string][] = [
  ["grace", "🎉"],
  ["ada", "👩‍🚀 🌕 🚀"],
  [
    "grace",
    "A link that ends a sentence: https://example.org/wiki/Relay_(electronic). And one (https://example.org/a?b=c).",
  ],
  ["ada", `A long word: ${"Donaudampfschifffahrts".repeat(9)}`],
  ["grace", "مرحبا، هل قرأت الملاحظات؟"],
  ["ada", "שלום! גם Latin באמצע."],
  ["grace", "数値は小数第五位まで一致しています。"],
  ["ada", "if (a < b && c > d) { return `<b>${x}</b>`; }\n  indented\n\n\nafter two empty lines"],
  ["grace", poem],
];

/** Each changes what is there at first, or what a channel holds when it is opened. */
const states = {
  usual: () => undefined,
  loading: (sample: Sample, opening: Opening) => {
    sample.channels.value = undefined;
    opening.of = () => undefined;
  },
  "loading messages": (_sample: Sample, opening: Opening) => {
    changing(opening, () => ({ loaded: false, messages: [], older: "unknown" }));
  },
  nothing: (sample: Sample) => {
    sample.channels.value = [];
  },
  "nothing for a member": (sample: Sample) => {
    sample.channels.value = [];
    sample.me.value = { ...sample.me.value!, role: "member" };
  },
  "nothing for an administrator": (sample: Sample) => {
    sample.channels.value = [];
    sample.me.value = { ...sample.me.value!, role: "admin" };
  },
  alone: (sample: Sample, opening: Opening) => {
    opening.people = opening.people.filter(({ role }) => role === "owner");
    opening.members = async () => ({
      members: opening.people.map((person) => ({ ...person, role: "admin" })),
      count: 1,
      after: null,
    });
    changing(opening, () => ({ messages: [], members: { count: 1, version: 1 } }));
    sample.channels.value = sample.channels.value!.filter(({ kind }) => kind === "group");
  },
  "alone as a member": (sample: Sample, opening: Opening) => {
    opening.people = [];
    sample.me.value = { ...sample.me.value!, role: "member" };
  },
  "example failed": () => undefined,
  "example refused": () => undefined,
  "no example": () => undefined,
  "one device": () => undefined,
  "devices failed": () => undefined,
  "devices refused": () => undefined,
  "with a status": (sample: Sample, _opening: Opening, nowMs: number) => {
    const status = { text: "Punching cards until noon", until: nowMs + hour };
    const shown = { as: "away", typing: false, receipts: true } as const;
    sample.profile.value = { status, shown };
  },
  "profile refused": (_sample: Sample, opening: Opening) => {
    opening.refused = "offline";
  },
  "large group": (_sample: Sample, opening: Opening) => {
    changing(opening, () => ({ members: { count: 1_204, version: 5 }, online: 312 }));
  },
  "empty channel": (_sample: Sample, opening: Opening) => {
    changing(opening, () => ({ messages: [] }));
  },
  missing: (_sample: Sample, opening: Opening) => {
    opening.of = () => "missing";
  },
  typing: (_sample: Sample, opening: Opening) => {
    changing(opening, () => ({ typing: [{ id: idOf("grace"), name: nameOf("grace") }] }));
  },
  sending: (_sample: Sample, opening: Opening, nowMs: number) => {
    const since = { state: "sending", sinceMs: nowMs - 2_000 } as const;
    adding(opening, [
      sampleMessage(21, "ada", "On the way.", nowMs, since),
      sampleMessage(22, "ada", "The jar is heavier than it looks.", nowMs, since),
    ]);
  },
  failed: (_sample: Sample, opening: Opening, nowMs: number) => {
    adding(opening, [
      sampleMessage(21, "ada", "On the way.", nowMs, { state: "refused", code: "unavailable" }),
      sampleMessage(22, "ada", "With the jar.", nowMs, { state: "refused", code: "skipped" }),
    ]);
  },
  new: (_sample: Sample, opening: Opening, nowMs: number) => {
    changing(opening, () => ({ messages: sampleHistory(60, nowMs), newAfter: 33 }));
  },
  deleted: (_sample: Sample, opening: Opening) => {
    changing(opening, ({ messages }) => ({
      messages: messages.map((each, at) =>
        at === 6
          ? { ...each, deleted: true, body: "" }
          : at === 8
            ? { ...each, edited: true }
            : each,
      ),
    }));
  },
  ticks: (_sample: Sample, opening: Opening) => {
    const steps = ["stored", "delivered", "read"] as const;
    changing(opening, ({ channel, messages }) => ({
      channel: { ...channel, kind: "group", name: "engine-room", peer: null },
      messages: messages.map((each, at) => ({
        ...each,
        delivery: { state: steps[Math.min(2, Math.max(0, messages.length - 1 - at))]! },
      })),
    }));
  },
  "members loading": (_sample: Sample, opening: Opening) => {
    opening.members = () => new Promise(() => undefined);
  },
  "members failed": (_sample: Sample, opening: Opening) => {
    opening.members = async () => ({ code: "offline" });
  },
  "only a member": (_sample: Sample, opening: Opening) => {
    changing(opening, ({ channel }) => ({ channel: { ...channel, role: "member" } }));
  },
  unsent: (_sample: Sample, opening: Opening, nowMs: number) => {
    adding(opening, [
      sampleMessage(21, "ada", "I will bring the lamp.", nowMs, {
        state: "refused",
        code: "not_a_member",
      }),
    ]);
  },
  unusual: (_sample: Sample, opening: Opening, nowMs: number) => {
    changing(opening, () => ({
      messages: unusual.map(([who, body], at) =>
        sampleMessage(at + 1, who, body, nowMs - (unusual.length - at) * 6 * minute),
      ),
    }));
  },
  history: (sample: Sample, opening: Opening, nowMs: number) => {
    const all = sampleHistory(500, nowMs);
    for (let to = all.length - 50; to > 0; to -= 50) sample.olderPages.push(all.slice(to - 50, to));
    changing(opening, () => ({ messages: all.slice(-50), older: "some" }));
  },
  "older failed": (_sample: Sample, opening: Opening, nowMs: number) => {
    changing(opening, () => ({ messages: sampleHistory(5, nowMs), older: "failed" }));
  },
  offline: (sample: Sample) => {
    sample.link.value = { state: "offline" };
  },
  waiting: (sample: Sample) => {
    // An hour ahead would be a strange wait; the picture only needs one that does not end while it is taken.
    sample.link.value = { state: "waiting", retryAtMs: Date.now() + 28_000 };
  },
  streamed: (sample: Sample) => {
    sample.isStreamed.value = true;
  },
  restored: (sample: Sample) => {
    sample.link.value = { state: "restored" };
  },
  outdated: (sample: Sample) => {
    sample.link.value = { state: "outdated" };
  },
  nobody: (sample: Sample) => signOut(sample, "nobody"),
  expired: (sample: Sample) => signOut(sample, "expired"),
  inactive: (sample: Sample) => signOut(sample, "inactive"),
  "not set up": (sample: Sample) => signOut(sample, "nobody"),
  "link used": (sample: Sample) => signOut(sample, "nobody"),
  crashed: (_sample: Sample, opening: Opening) => {
    changing(opening, ({ channel, messages }) => ({
      // No author: what no server sends, and no view expects.
      messages:
        channel.peer?.id === idOf("grace")
          ? [...messages, { key: "broken", atMs: hour } as ShownMessage]
          : messages,
    }));
  },
};

export type StateName = keyof typeof states;

function signOut(sample: Sample, why: "nobody" | "expired" | "inactive"): void {
  sample.me.value = undefined;
  sample.link.value = { state: "signed_out", why };
}

function changing(opening: Opening, how: (opened: Conversation) => Partial<Conversation>): void {
  const before = opening.of;
  opening.of = (textId) => {
    const opened = before(textId);
    return typeof opened === "object" ? { ...opened, ...how(opened) } : opened;
  };
}

function adding(opening: Opening, more: readonly ShownMessage[]): void {
  changing(opening, ({ messages }) => ({ messages: [...messages, ...more] }));
}

export function alter(state: StateName, sample: Sample, opening: Opening, nowMs: number): void {
  states[state](sample, opening, nowMs);
}
