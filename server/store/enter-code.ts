import type { UserId } from "#wire/ids.ts";
import type { Account } from "./account.ts";
import type { Database } from "./database.ts";
import { insertSession, type NewSession } from "./session.ts";

/** Gives a person of the example a code to come in by, in place of an older one; false for everybody else. */
export async function replaceEnterCode(
  sql: Database,
  user: UserId,
  { hash, createdAt, expiresAt }: { hash: Buffer; createdAt: Date; expiresAt: Date },
): Promise<boolean> {
  return sql.begin(async (tx) => {
    const [person] = await tx`
      select from users
       where id = ${user} and active and exists (select from demo_people where user_id = users.id)
         for no key update`;
    if (!person) return false;

    await tx`delete from one_time_codes where user_id = ${user}`;
    await tx`
      insert into one_time_codes (hash, purpose, user_id, created_at, expires_at)
      values (${hash}, 'enter', ${user}, ${createdAt}, ${expiresAt})`;
    return true;
  });
}

/** Spends the code and begins a session, both or neither. Looks once more whether it is a person of the example, whoever wrote the code. */
export async function spendEnterCode(
  sql: Database,
  codeHash: Buffer,
  session: NewSession,
): Promise<Account | "link_invalid"> {
  return sql.begin(async (tx): Promise<Account | "link_invalid"> => {
    // The person before the code, as in `replaceEnterCode`: the other order could deadlock with it.
    const [account] = await tx<Account[]>`
      select id, name, email, role from users
       where id = (select user_id from one_time_codes where purpose = 'enter' and hash = ${codeHash})
         and active and exists (select from demo_people where user_id = users.id)
         for no key update`;
    const spent = await tx`
      delete from one_time_codes
       where purpose = 'enter' and hash = ${codeHash} and expires_at > ${session.createdAt}
      returning user_id`;
    if (!account || spent.length === 0) return "link_invalid";

    await insertSession(tx, account.id, session);
    return account;
  });
}
