import type { RefusalCode } from "#wire/codes.ts";
import type { CommandOf } from "#wire/command.ts";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { HandClock } from "./hand-clock.ts";
import { Queue } from "./queue.ts";
import type { Answered, Question } from "../net/calls.ts";
import type { DraftStore, KeptDraft } from "../net/draft-store.ts";
import { Outbox } from "../net/outbox.ts";
import { MessageIds } from "../net/uuid.ts";

/** What stands around an outbox, in a test's hand: the socket's answers, the disk, the clock. */
export const lobby = 7 as ChannelId;
export const engineRoom = 8 as ChannelId;
const ada = 1 as UserId;

type Send = Omit<CommandOf<"send">, "ref">;
interface Sent {
  readonly bodies: string[];
  readonly ids: string[];
  readonly channel: ChannelId;
  readonly answer: (answered: Answered) => void;
}

/** What a server's table would say: ids that it knows get the number that they have. */
export class Stored {
  readonly bodies: string[] = [];
  readonly #seqs = new Map<string, number>();

  fatesOf({ bodies, ids }: Pick<Sent, "bodies" | "ids">): Answered {
    const fates = ids.map((id, index) => {
      if (!this.#seqs.has(id)) this.#seqs.set(id, this.bodies.push(bodies[index]!));
      return { seq: this.#seqs.get(id)!, createdAt: 1, code: null };
    });
    return { op: "sent", ref: 1, fates };
  }
}

export function open(kept: DraftStore, changes: { tab?: string; living?: string[] } = {}) {
  const clock = new HandClock();
  const sends = new Queue<Sent>();
  const shown = new Queue<string>();
  const ask = (question: Question): Promise<Answered> => {
    const { channel, drafts } = question as Send;
    const { promise, resolve: answer } = Promise.withResolvers<Answered>();
    const bodies = drafts.map(({ body }) => body);
    sends.add({
      bodies,
      ids: drafts.map(({ clientMessageId }) => clientMessageId),
      channel,
      answer,
    });
    return promise;
  };
  const outbox = new Outbox({
    user: ada,
    ask,
    store: kept,
    tab: {
      id: changes.tab ?? "this tab",
      living: () => Promise.resolve((tab) => changes.living?.includes(tab) ?? false),
    },
    ids: new MessageIds(() => clock.now()),
    clock,
    random: () => 0.5,
    shown: {
      written: ({ body }) => shown.add(`written ${body}`),
      stored: ({ body }, { seq }) => shown.add(`stored ${body} at ${seq}`),
      refused: ({ body }, code) => shown.add(`refused ${body}: ${code}`),
      discarded: ({ body }) => shown.add(`discarded ${body}`),
    },
  });
  return { outbox, clock, sends, shown };
}

/** A disk that works, or that answers when the test says so. */
export function disk(put: (draft: KeptDraft) => Promise<void> = () => Promise.resolve()) {
  const drafts = new Map<string, KeptDraft>();
  const store: DraftStore = {
    async put(draft) {
      await put(draft);
      drafts.set(draft.clientMessageId, draft);
    },
    remove: (id) => Promise.resolve(void drafts.delete(id)),
    async adopt(user, tab, owners) {
      const isOwned = await owners();
      const adopted = [...drafts.values()]
        .filter((draft) => draft.user === user && !isOwned(draft.tab))
        .map((draft) => ({ ...draft, tab }));
      for (const draft of adopted) drafts.set(draft.clientMessageId, draft);
      return adopted;
    },
  };
  return { drafts, store };
}

export const refusal = (code: RefusalCode, retryAfterMs = 0): Answered => ({
  op: "refusal",
  ref: 1,
  code,
  detail: "",
  retryAfterMs,
});
export const fates = (...codes: (RefusalCode | null)[]): Answered => ({
  op: "sent",
  ref: 1,
  fates: codes.map((code, index) => ({ seq: code ? 0 : index + 1, createdAt: 1, code })),
});
