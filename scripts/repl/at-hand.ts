import { newSession } from "../../server/auth/refresh-token.ts";
import { createTokens } from "../../server/auth/tokens.ts";
import * as account from "../../server/store/account.ts";
import type { Database } from "../../server/store/database.ts";
import * as group from "../../server/store/group.ts";
import * as history from "../../server/store/history.ts";
import * as members from "../../server/store/members.ts";
import * as people from "../../server/store/people.ts";
import * as session from "../../server/store/session.ts";
import * as summary from "../../server/store/summary.ts";
import { Kit } from "../../client/kit/kit.ts";
import { systemClock } from "../../client/store/clock.ts";

interface Parts {
  readonly sql: Database;
  /** Where the server is reached from this machine. */
  readonly url: string;
  readonly secretKey: string;
  /** Prints a line above the prompt. */
  readonly print: (line: string) => void;
}

/** A session that somebody at the prompt forgot ends by itself. */
const sessionMs = 60 * 60 * 1_000;

export const helpLines = [
  "sql`select …`            PostgreSQL, with values as ${…}",
  "store                    the functions of server/store, by file: store.group, store.history, …",
  "await people()           everybody who has an account",
  'ada = await as("ada@…")  a client that talks as them: ada.open("dm-1-2"), ada.send("…"), ada.get()',
  "help                     this again; Ctrl-D ends",
];

/** What a prompt has at hand; `end` gives back what it took. */
export function makeAtHand({ sql, url, secretKey, print }: Parts) {
  const tokens = createTokens(secretKey);
  const talking: { readonly kit: Kit; readonly sessionId: string }[] = [];

  /** Says as somebody what they could say themselves: by a session of its own, which is written down as every other and lasts an hour. */
  const as = async (who: string): Promise<Kit> => {
    const everybody = await account.readAccounts(sql);
    const found = everybody.find(
      ({ id, email, name }) => email === who.toLowerCase() || `#${id}` === who || name === who,
    );
    if (!found) throw new Error(`Nobody is called ${who}: try await people().`);
    if (!found.active) throw new Error(`${who} is deactivated.`);
    const begun = newSession(Date.now()).session;
    const expiresAt = new Date(Date.now() + sessionMs);
    await session.insertSession(sql, found.id, { ...begun, expiresAt });
    const token = async () => (await tokens.signAccessToken(found.id, begun.id)).accessToken;
    const kit = new Kit(
      {
        url,
        token,
        onMessage: ({ author, body }) => print(`${author.name}: ${body}`),
      },
      {
        address: url,
        fetch: (path, init) => fetch(`${url}${path}`, init),
        WebSocket,
        clock: systemClock,
        random: Math.random,
        log: () => undefined,
        storage: undefined,
        locks: undefined,
        isOnline: () => true,
        watch: () => () => undefined,
        watchTouches: () => () => undefined,
      },
    );
    talking.push({ kit, sessionId: begun.id });
    kit.connect();
    await whenConnected(kit);
    return kit;
  };

  return {
    names: {
      sql,
      store: { account, group, history, members, people, session, summary },
      people: () => account.readAccounts(sql),
      as,
    },
    async end(): Promise<void> {
      for (const { kit, sessionId } of talking.splice(0)) {
        kit.disconnect();
        await sql.begin((tx) => session.endSession(tx, sessionId, "signed_out", new Date()));
      }
    },
  };
}

function whenConnected(kit: Kit): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = (): void => {
    if (kit.get().isConnected) resolve();
  };
  const stop = kit.subscribe(look);
  look();
  return promise.finally(stop);
}
