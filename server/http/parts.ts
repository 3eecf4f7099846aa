import type { Admit } from "../auth/access.ts";
import type { Attempts } from "../auth/attempts.ts";
import type { Entries } from "../auth/entries.ts";
import type { Passwords } from "../auth/password.ts";
import type { Tickets } from "../auth/tickets.ts";
import type { Tokens } from "../auth/tokens.ts";
import type { Config } from "../config.ts";
import type { log } from "../observe/log.ts";
import type { Pace } from "../session/pace.ts";
import type { Account } from "../store/account.ts";
import type { Admission } from "./admission.ts";
import type { HttpChat } from "./chat-parts.ts";
import type { Streams } from "./streams.ts";
import type { Database } from "../store/database.ts";

/** What `worker.ts` hands in. */
export interface AppParts {
  readonly config: Pick<Config, "publicUrl" | "trustedProxies" | "clientDir" | "corsOrigins">;
  readonly sql: Database;
  readonly tokens: Tokens;
  /** Who a bearer token speaks for. */
  readonly admit: Admit;
  readonly chat: HttpChat;
  readonly streams: Streams;
  /** How much may come from an address. */
  readonly admission: Admission;
  /** How fast a user may go. */
  readonly pace: Pace;
  readonly attempts: Attempts;
  readonly entries: Entries;
  readonly log: Pick<typeof log, "debug" | "info" | "warn" | "error">;
  readonly version: string;
  readonly isDraining: () => boolean;
  /** Called after a session ended here, so that its sockets are closed. */
  readonly onSessionEnded: (sessionId: string) => void;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** With what the app makes for itself. */
export interface Parts extends AppParts {
  readonly passwords: Passwords;
  readonly tickets: Tickets;
  readonly now: () => number;
}

/** What a request carries through its handlers. */
export interface AppEnv {
  Bindings: {
    /** The other end of the TCP connection. */
    peer: string;
  };
  Variables: {
    requestId: string;
    /** Of the client, which may stand behind trusted proxies. */
    address: string;
    secure: boolean;
    /** Where this server is for who asks: the start of the links that it makes. */
    publicUrl: string;
    /** The path of PUBLIC_URL, which is no part of `c.req.path`. */
    prefix: string;
    /** Only where the policy asks for somebody. */
    caller: Account;
    /** The caller's own, with `caller`. */
    sessionId: string;
  };
}

/** How this Parley calls itself; a setting once people can choose it. */
export const instanceName = "Parley";
