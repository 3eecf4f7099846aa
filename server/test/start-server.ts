import { type Clock, systemClock } from "#lib/clock.ts";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { createTokens } from "../auth/tokens.ts";
import { type Config, readConfig } from "../config.ts";
import { createDirect } from "../store/direct-channel.ts";
import type { Database } from "../store/database.ts";
import { startWorker, type Worker } from "../worker.ts";
import { type TestDatabase, testDatabase } from "./database.ts";
import type { Person } from "./people.ts";

export const secretKey = "the key of a test server, long enough";

/** Tests say in a second what people say in an hour; how fast is too fast has tests of its own. */
const unhurried = { messagesPerSecond: 100_000, commandsPerSecond: 100_000 } as const;

/** Somebody who is signed in. */
export interface SignedIn {
  readonly id: UserId;
  readonly name: string;
  readonly token: string;
  readonly sessionId: string;
}

/** A whole worker on a database and a port of its own. */
export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly sql: Database;
  readonly database: TestDatabase;
  readonly worker: Worker;
  /** Creates the account at the first call, and a session at every call. */
  signIn(person: Pick<Person, "name" | "email">): Promise<SignedIn>;
  /** The direct channel of two people. */
  direct(one: SignedIn, other: SignedIn): Promise<ChannelId>;
  /** Drains the worker and starts another on the same port and database. */
  restart(): Promise<void>;
}

/** Starts a worker. `changes` replaces settings, `clock` the time; `database` is used and left alone where it is given. */
export async function startServer({
  changes = {},
  database: given,
  clock = systemClock,
}: {
  changes?: Partial<Config>;
  database?: TestDatabase;
  clock?: Clock;
} = {}): Promise<TestServer> {
  const database = given ?? (await testDatabase());
  const config = {
    ...readConfig({ HOST: "127.0.0.1", LOG_LEVEL: "error" }),
    databaseUrl: database.url,
    secretKey,
    port: 0,
    ...unhurried,
    ...changes,
  };
  let worker = await startWorker(
    { ...config, databaseUrl: changes.databaseUrl ?? database.url, secretKey },
    clock,
  );
  const { port, url } = worker;

  return {
    url,
    database,
    ...accountsOn(database),
    get worker() {
      return worker;
    },
    restart: async () => {
      await worker.drain();
      worker = await startWorker(
        { ...config, databaseUrl: changes.databaseUrl ?? database.url, secretKey, port },
        clock,
      );
    },
    [Symbol.asyncDispose]: async () => {
      await worker.drain();
      if (!given) await database[Symbol.asyncDispose]();
    },
  };
}

/** People of a database, however the server on it was started; it needs `secretKey`. */
export function accountsOn({
  sql,
}: Pick<TestDatabase, "sql">): Pick<TestServer, "sql" | "signIn" | "direct"> {
  const tokens = createTokens(secretKey);
  return {
    sql,
    signIn: async ({ name, email }) => {
      await sql`insert into users (name, email) select ${name}, ${email}
        where not exists (select from users where lower(email) = lower(${email}))`;
      const [user] = await sql<
        { id: UserId }[]
      >`select id from users where lower(email) = lower(${email})`;
      const sessionId = crypto.randomUUID();
      await sql`insert into sessions (id, user_id, token_hash, created_at, last_used_at, expires_at)
        values (${sessionId}, ${user!.id}, ${Buffer.from(sessionId)}, now(), now(), now() + interval '1 day')`;
      const { accessToken } = await tokens.signAccessToken(user!.id, sessionId);
      return { id: user!.id, name, token: accessToken, sessionId };
    },
    direct: async (one, other) => {
      const created = await createDirect(sql, one.id, other.id);
      return created!.channelId;
    },
  };
}
