import type { DBSchema, IDBPDatabase } from "idb";

import type { RefusalCode } from "#wire/codes.ts";
import type { ChannelId, UserId } from "#wire/ids.ts";

import { base } from "./base.ts";
import type { Log } from "./log.ts";

/** A draft as the outbox keeps it. */
export interface KeptDraft {
  readonly clientMessageId: string;
  readonly channel: ChannelId;
  readonly user: UserId;
  readonly body: string;
  readonly writtenAt: number;
  readonly refused?: RefusalCode;
  /** Who sends it: the tab that wrote it, or the one that found it without a living tab. */
  readonly tab: string;
}

/** Which tabs own what stands under their name; asked at the last moment, since another may come while the disk is opened. */
export type Owners = () => Promise<(tab: string) => boolean>;

/** Where drafts survive a reload and a crash. Never rejects: what cannot be kept is said in the log. */
export interface DraftStore {
  put(draft: KeptDraft): Promise<void>;
  remove(clientMessageId: string): Promise<void>;
  /** Makes `tab` the owner of the user's drafts that nobody owns, and returns them in the order in which they were written. */
  adopt(user: UserId, tab: string, owners: Owners): Promise<KeptDraft[]>;
}

interface Schema extends DBSchema {
  drafts: { key: string; value: KeptDraft; indexes: { user: UserId } };
}

/** IndexedDB where there is one; where there is none, nothing survives a reload, and the log says so. Opened when it is first used. */
export function openDraftStore(log: Log): DraftStore {
  let opening: Promise<IDBPDatabase<Schema> | undefined> | undefined;
  const open = () =>
    openDatabase().catch((error: unknown) => {
      log("unsent messages will not survive a reload: this browser keeps nothing", error);
      return undefined;
    });
  const attempt = async <Value>(
    what: (database: IDBPDatabase<Schema>) => Promise<Value>,
    otherwise: Value,
  ): Promise<Value> => {
    const database = await (opening ??= open());
    if (!database) return otherwise;
    try {
      return await what(database);
    } catch (error) {
      log("an unsent message could not be kept or forgotten", error);
      return otherwise;
    }
  };
  return {
    put: (draft) =>
      attempt(async (database) => {
        await database.put("drafts", draft);
      }, undefined),
    remove: (clientMessageId) =>
      attempt((database) => database.delete("drafts", clientMessageId), undefined),
    adopt: (user, tab, owners) =>
      attempt(async (database) => adopt(database, user, tab, await owners()), []),
  };
}

/** Rejects where there is no IndexedDB or it is forbidden: there the browser throws, which `async` makes the same. */
async function openDatabase(): Promise<IDBPDatabase<Schema>> {
  // First whatever this turn paints: the list, which needs no disk.
  await new Promise((painted) => setTimeout(painted));
  const { openDB } = await import("idb");
  // Named by its base: another server of the same origin has users of the same numbers.
  return await openDB<Schema>(`parley${base}`, 1, {
    upgrade(database) {
      const drafts = database.createObjectStore("drafts", { keyPath: "clientMessageId" });
      drafts.createIndex("user", "user");
    },
    // A newer page waits for this connection to go away.
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  });
}

/** One transaction, so that of two tabs that load at once only one finds a draft without an owner. */
async function adopt(
  database: IDBPDatabase<Schema>,
  user: UserId,
  tab: string,
  isOwned: (tab: string) => boolean,
): Promise<KeptDraft[]> {
  const transaction = database.transaction("drafts", "readwrite");
  const all = await transaction.store.index("user").getAll(user);
  const adopted = all.filter((draft) => !isOwned(draft.tab)).map((draft) => ({ ...draft, tab }));
  for (const draft of adopted) void transaction.store.put(draft);
  await transaction.done;
  return adopted.sort((one, other) => (isBefore(one, other) ? -1 : 1));
}

function isBefore(one: KeptDraft, other: KeptDraft): boolean {
  if (one.writtenAt !== other.writtenAt) return one.writtenAt < other.writtenAt;
  return one.clientMessageId < other.clientMessageId;
}
