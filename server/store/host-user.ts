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

/** A user whom the host application brought once, with the session that is open. */
export interface KnownHostUser extends Account {
  readonly active: boolean;
  readonly sessionId: string | null;
}

export type HostUser = { readonly account: Account; readonly sessionId: string } | "inactive";

/** Those of these whom Parley knows, by the host's ids. */
export async function readHostUsers(
  sql: Database,
  hostIds: readonly string[],
): Promise<(KnownHostUser | undefined)[]> {
  const rows = await sql<(KnownHostUser & { hostId: string })[]>`
    select users.host_id as "hostId", users.id, users.name, users.email, users.role, users.active, sessions.id as "sessionId"
      from users left join sessions on sessions.user_id = users.id and sessions.host and sessions.ended_at is null
     where users.host_id = any (${hostIds as string[]}::text[])`;
  const found = new Map(rows.map(({ hostId, ...user }) => [hostId, user]));
  return hostIds.map((hostId) => found.get(hostId));
}

/**
 * The user of somebody whom the host application has signed in, with the one session of theirs that is open: made where there is none, and
 * renamed where the host says another name. Of any number at once one makes it. Who is deactivated stays out, and nothing of them changes.
 * `known` is what was read of them just now.
 */
export async function enterHostUser(
  sql: Database,
  person: HostPerson,
  known: KnownHostUser | undefined,
  at: Date,
): Promise<HostUser> {
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

/** The owner is this Parley's own; everybody else's role is the host's, where it is. */
function roleAfter(role: Role, person: HostPerson): Role {
  return person.isRoleTheirs && role !== "owner" ? person.role : role;
}

function entered({ id, name, email, role }: KnownHostUser, sessionId: string): HostUser {
  return { account: { id, name, email, role }, sessionId };
}
