import type { Seq, UserId } from "#wire/ids.ts";
import type { Profile, Row, Shown, Status } from "#wire/row.ts";
import { beginChanging, numberUsers, type Touched, writeChanges } from "./change.ts";
import type { Database } from "./database.ts";

/** A status as its columns of `users` hold it. */
export interface StatusColumns {
  status_text: string | null;
  status_until: Date | null;
}

/** The columns of `users` that a profile is in. */
export interface ProfileColumns extends StatusColumns {
  shown_as: Shown["as"];
  shows_typing: boolean;
  shows_receipts: boolean;
}

export const statusOf = ({ status_text, status_until }: StatusColumns): Status | null =>
  status_text === null ? null : { text: status_text, until: status_until?.getTime() ?? null };

export const profileOf = (columns: ProfileColumns): Profile => ({
  status: statusOf(columns),
  shown: {
    as: columns.shown_as,
    typing: columns.shows_typing,
    receipts: columns.shows_receipts,
  },
});

/** As it is at the head `asOf` of the user's own stream. */
export interface ProfileAsOf extends Profile {
  readonly asOf: Seq;
}

/** Undefined where there is no such user. */
export async function readProfiles(
  sql: Database,
  users: readonly UserId[],
): Promise<(ProfileAsOf | undefined)[]> {
  const rows = await sql<(ProfileColumns & { id: UserId; head: Seq })[]>`
    select id, head, status_text, status_until, shown_as, shows_typing, shows_receipts
      from users where id = any (${users as UserId[]}::bigint[])`;
  const found = new Map(rows.map((row) => [row.id, { ...profileOf(row), asOf: row.head }]));
  return users.map((user) => found.get(user));
}

/** What each of these people says of themselves, where it has not passed. */
export async function readStatuses(
  sql: Database,
  users: readonly UserId[],
): Promise<(Status | undefined)[]> {
  const rows = await sql<(StatusColumns & { id: UserId })[]>`
    select id, status_text, status_until from users
     where id = any (${users as UserId[]}::bigint[]) and status_text is not null
       and (status_until is null or status_until > now())`;
  const found = new Map(rows.map((row) => [row.id, statusOf(row)!]));
  return users.map((user) => found.get(user));
}

/** Changes what of a profile is given. Resolves, committed, with what it touched; undefined where there is no such user. */
export async function writeProfile(
  sql: Database,
  userId: UserId,
  { status, shown }: { readonly status?: Status | null; readonly shown?: Shown },
): Promise<Touched | undefined> {
  return await sql.begin(async (tx): Promise<Touched | undefined> => {
    await beginChanging(tx);
    const seq = (await numberUsers(tx, [userId])).get(userId);
    if (seq === undefined) return undefined;
    if (status !== undefined) {
      await tx`
        update users set status_text = ${status?.text ?? null}, status_until = ${dateOf(status?.until ?? null)} where id = ${userId}`;
    }
    if (shown !== undefined) {
      await tx`
        update users set shown_as = ${shown.as}, shows_typing = ${shown.typing}, shows_receipts = ${shown.receipts}
         where id = ${userId}`;
    }
    await writeChanges(tx, [{ stream: userId, kind: "profile", entity: 0, seq }]);
    const [columns] = await tx<ProfileColumns[]>`
      select status_text, status_until, shown_as, shows_typing, shows_receipts from users where id = ${userId}`;
    return touchedBy(userId, seq, profileOf(columns!));
  });
}

const dateOf = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));

function touchedBy(userId: UserId, seq: Seq, body: Profile): Touched {
  const row: Row = { kind: "profile", entity: 0, version: seq, body };
  return { stream: userId, from: seq - 1, through: seq, rows: [{ position: seq, row }] };
}
