import type { RefusalCode } from "#wire/codes.ts";
import type { ChannelId, Seq, UserId } from "#wire/ids.ts";
import type { Database } from "./database.ts";

/** What a person wrote, before it has a `seq`. */
export interface Draft {
  readonly channelId: ChannelId;
  readonly authorId: UserId;
  readonly clientMessageId: string;
  readonly body: string;
  readonly rootSeq: Seq | null;
  /** The author's session, which must not have ended; null where the server itself speaks for somebody. */
  readonly sessionId: string | null;
}

/** Committed. `born` says whether this call numbered it, or the id was known already. */
export interface Stored {
  readonly seq: Seq;
  readonly createdAt: number;
  readonly born: boolean;
}

export interface Inserted {
  /** One for each draft, in order. */
  readonly fates: readonly (Stored | { readonly refused: RefusalCode })[];
  /** The head of each channel that moved, before the commit. */
  readonly headsBefore: ReadonlyMap<ChannelId, Seq>;
}

interface InsertedRow {
  seq: number | null;
  created_at: Date;
  refused: RefusalCode | null;
  born: boolean;
  head_before: number | null;
}

/**
 * Stores drafts in their order, in one round trip and one transaction: collapses repeated ids, checks the right to write, numbers only
 * the new and moves the heads. `sends[i]` groups drafts of one command: after a refused one its later ones are `skipped`.
 *
 * Resolves when it is committed. What a rejection says about the drafts is in `outcome.ts`.
 */
export async function insertMessages(
  sql: Database,
  drafts: readonly Draft[],
  sends: readonly number[],
): Promise<Inserted> {
  const rows = await sql<InsertedRow[]>`
    select seq, created_at, refused, born, head_before
      from insert_messages(
        ${drafts.map((draft) => draft.channelId)}::bigint[],
        ${drafts.map((draft) => draft.authorId)}::bigint[],
        ${drafts.map((draft) => draft.clientMessageId)}::uuid[],
        ${drafts.map((draft) => draft.body)}::text[],
        ${drafts.map((draft) => draft.rootSeq)}::bigint[],
        ${sends as number[]}::int[],
        ${drafts.map((draft) => draft.sessionId)}::uuid[]
      )`;

  const headsBefore = new Map<ChannelId, Seq>();
  const fates = rows.map((row, index) => {
    if (row.refused !== null) return { refused: row.refused };
    if (row.seq === null) throw new Error("insert_messages left a draft without a fate");

    if (row.born) headsBefore.set(drafts[index]!.channelId, row.head_before!);
    return { seq: row.seq, createdAt: row.created_at.getTime(), born: row.born };
  });
  if (fates.length !== drafts.length) throw new Error("insert_messages forgot a draft");

  return { fates, headsBefore };
}
