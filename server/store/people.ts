import type { UserId } from "#wire/ids.ts";
import type { Status, SystemRole } from "#wire/row.ts";
import type { Database } from "./database.ts";
import { type StatusColumns, statusOf } from "./profile.ts";

export interface FoundPerson {
  readonly id: UserId;
  readonly name: string;
  readonly role: SystemRole;
  readonly lastSeenAt: number | null;
  readonly status: Status | null;
}

interface PersonRow extends StatusColumns {
  id: UserId;
  name: string;
  role: SystemRole;
  last_seen_at: Date | null;
}

const personOf = (row: PersonRow): FoundPerson => ({
  id: row.id,
  name: row.name,
  role: row.role,
  lastSeenAt: row.last_seen_at?.getTime() ?? null,
  status: statusOf(row),
});

/** These people, also those who are no longer active: their messages still stand. */
export async function readPeople(sql: Database, ids: readonly UserId[]): Promise<FoundPerson[]> {
  const rows = await sql<PersonRow[]>`
    select id, name, role, last_seen_at, status_text, status_until from users where id = any (${ids as UserId[]}::bigint[]) order by lower(name), id`;
  return rows.map(personOf);
}

/** Where the next page of people begins: after this name and number. */
export interface PeopleCursor {
  readonly name: string;
  readonly id: UserId;
}

/** A page of active people, by name, whose name has a word that begins with `query`, or whose address begins with it. */
export async function findPeople(
  sql: Database,
  query: string,
  after: PeopleCursor | null,
  limit: number,
): Promise<FoundPerson[]> {
  // Lower case as PostgreSQL has it, on both sides: JavaScript's differs.
  // No text of PostgreSQL's holds NUL, so no name does.
  const prefix = `${query.replaceAll("\0", "").replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  const rows = await sql<PersonRow[]>`
    select id, name, role, last_seen_at, status_text, status_until from users
     where active
       and (lower(name) like lower(${prefix}) or lower(name) like lower(${`% ${prefix}`}) or lower(email) like lower(${prefix}))
       and (${after === null} or (lower(name), id) > (lower(${after?.name ?? ""}), ${after?.id ?? 0}::bigint))
     order by lower(name), id
     limit ${limit}`;
  return rows.map(personOf);
}

/** Writes when these people were last seen, in one statement. */
export async function writeLastSeen(
  sql: Database,
  seen: ReadonlyMap<UserId, number>,
): Promise<void> {
  const users = [...seen.keys()].toSorted((one, other) => one - other);
  await sql`
    update users u set last_seen_at = to_timestamp(s.at_ms / 1000.0)
      from (
        select l.id, p.at_ms from users l
          join unnest(${users}::bigint[], ${users.map((user) => seen.get(user)!)}::bigint[]) as p (id, at_ms) on p.id = l.id
         order by l.id for no key update of l
      ) s
     where u.id = s.id`;
}
