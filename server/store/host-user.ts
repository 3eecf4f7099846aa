import type { UserId } from "#wire/ids.ts";
import type { Account, Role } from "./account.ts";
import type { Database } from "./database.ts";

/** A person as the host application describes them. */
export interface HostPerson {
  readonly hostId: string;
  readonly name: string;
  /** The role that a new user gets. */
  readonly role: Role;
  /** Whether the role is the host's to change later, too. */
  readonly isRoleTheirs: boolean;
}

interface HostUserRow extends Account {
  active: boolean;
  sessionId: string | null;
}

export type HostUser = { readonly account: Account; readonly sessionId: string } | "inactive";

/**
 * The user of somebody whom the host application has signed in, with the one session of theirs that is open: made where there is none, and
 * renamed where the host says another name. Of any number at once one makes it. Who is deactivated stays out, and nothing of them changes.
 */
export async function enterHostUser(
  sql: Database,
  person: HostPerson,
  at: Date,
): Promise<HostUser> {
  const known = await readHostUser(sql, person.hostId);
  const isSame = known?.name === person.name && known.role === roleAfter(known.role, person);
  if (known?.active && isSame && known.sessionId !== null) return entered(known, known.sessionId);

  return sql.begin(async (tx): Promise<HostUser> => {
    const { hostId, name, role } = person;
    await tx`
      insert into users (host_id, name, role) values (${hostId}, ${name}, ${role})
      on conflict (host_id) do nothing`;
    const [user] = await tx<{ id: UserId; role: Role; active: boolean }[]>`
      select id, role, active from users where host_id = ${hostId} for no key update`;
    if (!user!.active) return "inactive";

    const roleNow = roleAfter(user!.role, person);
    const [account] = await tx<Account[]>`
      update users set name = ${name}, role = ${roleNow} where id = ${user!.id}
      returning id, name, email, role`;
    await tx`
      insert into sessions (id, user_id, token_hash, created_at, last_used_at, expires_at, host)
      values (${crypto.randomUUID()}, ${user!.id}, ${Buffer.from(crypto.getRandomValues(new Uint8Array(32)))}, ${at}, ${at}, ${at}, true)
      on conflict (user_id) where host and ended_at is null do nothing`;
    const [session] = await tx<{ id: string }[]>`
      select id from sessions where user_id = ${user!.id} and host and ended_at is null`;
    return { account: account!, sessionId: session!.id };
  });
}

async function readHostUser(sql: Database, hostId: string): Promise<HostUserRow | undefined> {
  const [row] = await sql<HostUserRow[]>`
    select users.id, users.name, users.email, users.role, users.active, sessions.id as "sessionId"
      from users left join sessions on sessions.user_id = users.id and sessions.host and sessions.ended_at is null
     where users.host_id = ${hostId}`;
  return row;
}

/** The owner is this Parley's own; everybody else's role is the host's, where it is. */
function roleAfter(role: Role, person: HostPerson): Role {
  return person.isRoleTheirs && role !== "owner" ? person.role : role;
}

function entered({ id, name, email, role }: HostUserRow, sessionId: string): HostUser {
  return { account: { id, name, email, role }, sessionId };
}
