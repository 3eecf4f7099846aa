import { createAdmit } from "../auth/access.ts";
import { readConfig } from "../config.ts";
import { createPasswords } from "../auth/password.ts";
import { setupLink } from "../auth/setup.ts";
import { createTickets } from "../auth/tickets.ts";
import { createTokens, type Access, type Tokens } from "../auth/tokens.ts";
import type { ChatParts } from "../chat/parts.ts";
import { createRoutes } from "../http/app.ts";
import type { Parts } from "../http/parts.ts";
import { openLimits } from "../http/open-limits.ts";
import { Streams } from "../http/streams.ts";
import type { Database } from "../store/database.ts";
import { chatParts } from "./chat-parts.ts";
import { type TestDatabase, testDatabase } from "./database.ts";
import { people, type Person } from "./people.ts";
import { readsOf } from "./reads.ts";

/** What a browser holds after an answer, and the answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- A test reads what it expects.
  readonly json: any;
}

/** The HTTP side alone, on a database of its own, with a clock that the test turns. */
export interface TestApp extends AsyncDisposable {
  readonly sql: Database;
  readonly tokens: Tokens;
  readonly parts: Parts;
  readonly routes: ReturnType<typeof createRoutes>;
  readonly clock: { nowMs: number };
  /** Sessions whose sockets would be closed. */
  readonly ended: string[];
  /** Every line of the log with its fields, as JSON. */
  readonly logged: string[];
  browser(address?: string): Browser;
  /** Ada as the owner, signed in. */
  owner(): Promise<Browser>;
  /** Somebody who accepted an invitation of the owner. */
  member(owner: Browser, person: Person): Promise<Browser>;
}

export const ownOrigin = "http://parley.test";

/** Starts the HTTP side; `changes` replaces parts of it, and a `database` that is given is left as it is. */
export async function testApp(
  changes: Partial<Parts> = {},
  given?: TestDatabase,
): Promise<TestApp> {
  const database = given ?? (await testDatabase());
  const clock = { nowMs: Date.UTC(2026, 10, 21, 12) };
  const ended: string[] = [];
  const logged: string[] = [];
  const now = () => clock.nowMs;
  const line = (sentence: string, about?: unknown) => {
    const error = (about as { error?: unknown } | undefined)?.error;
    logged.push(
      `${sentence} ${JSON.stringify(about)} ${error instanceof Error ? error.stack : ""}`,
    );
  };
  const chat = chatParts(database.sql);
  const tokens = createTokens("the key of a test, long enough to be one", now);
  const limiting = openLimits(readConfig({}), now);
  const parts: Parts = {
    ...limiting,
    config: { trustedProxies: [], clientDir: "/nowhere", corsOrigins: [] },
    sql: database.sql,
    tokens,
    admit: createAdmit({
      sql: database.sql,
      reads: readsOf(database.sql),
      writing: database.sql,
      tokens,
      hostTokens: undefined,
      hostRolesTrusted: false,
      now,
    }),
    chat,
    streams: new Streams({
      ...limiting,
      chat: chat as ChatParts,
      // Nobody speaks the protocol to the HTTP side alone.
      dispatch: () => ({ reply: { refused: "hello_first" } }),
      left: () => undefined,
      drained: (session) => session.drained(),
      forward: async () => undefined,
    }),
    log: { debug: line, info: line, warn: line, error: line },
    version: "0.0.0-test",
    isDraining: () => false,
    onSessionEnded: (sessionId) => void ended.push(sessionId),
    // What a hash costs has tests of its own; here it would be most of the time.
    passwords: createPasswords({ memoryCost: 64, timeCost: 1 }),
    tickets: createTickets(database.sql, now),
    now,
    ...changes,
  };
  const routes = createRoutes(parts);
  const browser = (address = "192.0.2.1") => new Browser(routes, address);

  return {
    sql: database.sql,
    tokens: parts.tokens,
    parts,
    routes,
    clock,
    ended,
    logged,
    browser,
    owner: async () => {
      const ada = browser();
      const link = await setupLink(database.sql, ownOrigin);
      await ada.post("/api/v1/setup", { code: codeOf(link!), ...people.ada });
      return ada;
    },
    member: async (owner, person) => {
      const { json } = await owner.post("/api/v1/invitations", { usesMax: 1, expiresInHours: 1 });
      const guest = browser();
      await guest.post("/api/v1/invitations/accept", { code: codeOf(json.link), ...person });
      return guest;
    },
    [Symbol.asyncDispose]: async () => {
      if (!given) await database[Symbol.asyncDispose]();
    },
  };
}

/** The code in the fragment of a link. */
export function codeOf(link: string): string {
  return new URL(link).hash.replace("#code=", "");
}

/** One browser: its refresh cookie, its access token, and pages of this server. */
export class Browser {
  /** The refresh token, as the cookie jar holds it. */
  cookie = "";
  accessToken = "";
  /** Sent with everything, after the usual headers. */
  headers: Record<string, string> = {};
  readonly #routes: ReturnType<typeof createRoutes>;
  readonly #address: string;

  constructor(routes: ReturnType<typeof createRoutes>, address: string) {
    this.#routes = routes;
    this.#address = address;
  }

  async get(path: string): Promise<Answer> {
    return await this.call("GET", path);
  }

  async post(path: string, body?: unknown): Promise<Answer> {
    return await this.call("POST", path, body === undefined ? undefined : JSON.stringify(body));
  }

  async delete(path: string): Promise<Answer> {
    return await this.call("DELETE", path);
  }

  async refresh(): Promise<Answer> {
    return await this.post("/api/v1/session/refresh");
  }

  /** Sends what a page of this server would send, and keeps what the answer brings. */
  async call(method: string, path: string, body?: string): Promise<Answer> {
    const headers = {
      host: "parley.test",
      ...(method === "GET" ? {} : { origin: ownOrigin }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(this.cookie && path.startsWith("/api/v1/session")
        ? { cookie: `parley_refresh=${this.cookie}` }
        : {}),
      ...(this.accessToken && { authorization: `Bearer ${this.accessToken}` }),
      ...this.headers,
    };
    const request = new Request(`${ownOrigin}${path}`, { method, headers, body: body ?? null });
    const response = await this.#routes.fetch(request, { peer: this.#address });
    const text = await response.text();
    const isJson = text !== "" && /json/.test(response.headers.get("content-type") ?? "");
    const json = isJson ? JSON.parse(text) : text;
    const cookie = /^parley_refresh=([^;]*)/.exec(response.headers.get("set-cookie") ?? "");
    if (cookie) this.cookie = cookie[1]!;
    if (typeof json === "object" && "accessToken" in json) this.accessToken = json.accessToken;
    return { status: response.status, headers: response.headers, json };
  }

  /** What the access token says. */
  async access(tokens: Tokens): Promise<Access> {
    return (await tokens.verifyAccessToken(this.accessToken)) as Access;
  }
}
