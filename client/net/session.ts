import { type ReadonlySignal, signal } from "@preact/signals";

import type { Clock } from "../store/clock.ts";
import type { Accounts, DemoPerson, Me, NewAccount, Problem } from "../store/model.ts";
import type { Fetch, Identity, SignedOut, Token } from "./identity.ts";
import type { Flag } from "./way.ts";

/** Past this nothing comes any more: a cut network does not say so. */
const answerMsMax = 10_000;

/** A token is not used in its last seconds: it has to survive the way to the server. */
const freshMsMin = 15_000;

interface Signed {
  readonly accessToken: string;
  readonly expiresAt: string;
  readonly user: Me;
}

/** The browser has no refresh token: 204. */
interface Nobody {
  readonly accessToken?: undefined;
}

interface Options {
  /** Somebody may be signed in in a moment. */
  readonly entering?: () => void;
  /** That somebody signed out here and the server does not know yet. */
  readonly leaving?: Flag;
}
type Method = "GET" | "POST" | "DELETE";

/**
 * Who is signed in, and the access token in memory alone: the refresh token is a cookie that no script can read. Several tabs may
 * refresh at once; the server gives them the same successor.
 */
export class Session implements Identity {
  readonly #fetch: Fetch;
  readonly #clock: Clock;
  readonly #entering: () => void;
  readonly #leaving: Flag | undefined;
  readonly #me = signal<Me | undefined>(undefined);
  readonly #out = signal<SignedOut | undefined>(undefined);
  #token: { value: string; expiresAtMs: number } | undefined;
  #refreshing: Promise<Token> | undefined;
  /** Counts sign-ins and sign-outs: an answer to a question of before is nobody's. */
  #era = 0;

  constructor(fetch: Fetch, clock: Clock, { entering = () => undefined, leaving }: Options = {}) {
    this.#leaving = leaving;
    this.#fetch = fetch;
    this.#clock = clock;
    this.#entering = entering;
  }

  get me(): ReadonlySignal<Me | undefined> {
    return this.#me;
  }

  get out(): ReadonlySignal<SignedOut | undefined> {
    return this.#out;
  }

  token({ fresh } = { fresh: false }): Promise<Token> {
    const held = this.#token;
    if (!fresh && held && held.expiresAtMs - this.#clock.now() > freshMsMin) {
      return Promise.resolve({ token: held.value });
    }
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  ended(why: SignedOut): void {
    this.#era++;
    this.#token = undefined;
    this.#me.value = undefined;
    this.#out.value = why;
  }

  /** Signs out here even where the server cannot be reached: the page forgets at once, and the next one tells the server first. */
  async signOut(): Promise<void> {
    this.#leaving?.set(true);
    const left = this.#leave();
    this.ended("left");
    await left;
  }

  /** Whether the server knows now. */
  async #leave(): Promise<boolean> {
    const answer = await this.ask("DELETE", "/session");
    const isKnown = !("problem" in answer) || (answer.status >= 400 && answer.status < 500);
    if (isKnown) this.#leaving?.set(false);
    return isKnown;
  }

  /** The account pages' questions. */
  readonly accounts: Accounts = {
    instance: () => this.ask("GET", "/instance"),
    setUp: (details) => this.#sign("/setup", details),
    signIn: (details) => this.#sign("/session", details),
    lookAtInvitation: (code) => this.ask("POST", "/invitations/look", { code }),
    accept: (details) => this.#sign("/invitations/accept", details),
    resetPassword: (details) => this.#sign("/password/reset", details),
    invite: (terms) => this.#askSigned("POST", "/invitations", terms),
    invitations: async () => {
      const answer = await this.#askSigned<{ invitations: [] }>("GET", "/invitations");
      return "problem" in answer ? answer : answer.invitations;
    },
    revoke: (invitation) => this.#end(`/invitations/${encodeURIComponent(invitation)}`),
    devices: async () => {
      const answer = await this.#askSigned<{ sessions: [] }>("GET", "/sessions");
      return "problem" in answer ? answer : answer.sessions;
    },
    endDevice: (device) => this.#end(`/sessions/${encodeURIComponent(device)}`),
    endOtherDevices: () => this.#end("/sessions"),
    demo: () => this.#askDemo("GET"),
    loadDemo: () => this.#askDemo("POST"),
    removeDemo: () => this.#end("/demo"),
    demoLink: (person) => this.#askSigned("POST", `/demo/people/${person}/link`),
    enterDemo: (code) => this.#sign("/demo/enter", { code }),
  };

  async #end(path: string): Promise<Problem | undefined> {
    const answer = await this.#askSigned<object>("DELETE", path);
    return "problem" in answer ? answer : undefined;
  }

  async #askDemo(method: "GET" | "POST"): Promise<readonly DemoPerson[] | Problem> {
    const answer = await this.#askSigned<{ people: readonly DemoPerson[] }>(method, "/demo");
    return "problem" in answer ? answer : answer.people;
  }

  /** One question by HTTP. Never rejects: what did not come back is the problem `offline`. */
  async ask<Value extends object>(
    method: Method,
    path: string,
    body?: object,
    token?: string,
  ): Promise<Value | Problem> {
    try {
      const response = await this.#fetch(`/api/v1${path}`, {
        method,
        credentials: "same-origin",
        signal: AbortSignal.timeout(answerMsMax),
        headers: {
          ...(body ? { "content-type": "application/json" } : {}),
          ...(token ? { authorization: `Bearer ${token}` } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      if (response.status === 204) return {} as Value;
      const answer: unknown = await response.json();
      return response.ok ? (answer as Value) : problemOf(response, answer);
    } catch {
      // No network, or something between us and the server that does not speak JSON.
      return { problem: "offline", status: 0, detail: "" };
    }
  }

  async #sign(path: string, details: NewAccount | object): Promise<Me | Problem> {
    this.#entering();
    const answer = await this.ask<Signed>("POST", path, details);
    if ("problem" in answer) return answer;

    this.#era++;
    this.#leaving?.set(false);
    return this.#enter(answer);
  }

  async #askSigned<Value extends object>(
    method: Method,
    path: string,
    body?: object,
  ): Promise<Value | Problem> {
    const token = await this.token();
    if ("refused" in token) return { problem: token.refused, status: 0, detail: "" };
    const answer = await this.ask<Value>(method, path, body, token.token);
    if (!("problem" in answer) || answer.status !== 401) return answer;

    const fresh = await this.token({ fresh: true });
    return "refused" in fresh ? answer : this.ask<Value>(method, path, body, fresh.token);
  }

  async #refresh(): Promise<Token> {
    const era = this.#era;
    // Else the cookie would bring back who signed out while the server could not be reached.
    if (this.#leaving?.get() && !(await this.#leave())) return { refused: "unreachable" };
    const answer = await this.ask<Signed | Nobody>("POST", "/session/refresh");
    if (era !== this.#era) return { refused: "unreachable" };
    if ("accessToken" in answer && answer.accessToken !== undefined) {
      this.#enter(answer);
      return { token: answer.accessToken };
    }
    const problem = "problem" in answer ? answer : undefined;
    if (problem && problem.status !== 401 && problem.status !== 403) {
      return { refused: "unreachable" };
    }
    const why = this.#me.peek() ? "expired" : "nobody";
    this.ended(problem?.problem === "user_inactive" ? "inactive" : why);
    return { refused: "signed_out" };
  }

  #enter({ accessToken, expiresAt, user }: Signed): Me {
    this.#token = { value: accessToken, expiresAtMs: Date.parse(expiresAt) };
    this.#out.value = undefined;
    if (JSON.stringify(this.#me.peek()) !== JSON.stringify(user)) this.#me.value = user;
    return user;
  }
}

function problemOf(response: Response, answer: unknown): Problem {
  const { code, detail, field } = answer as { code?: string; detail?: string; field?: string };
  const retryAfter = Number(response.headers.get("retry-after") ?? Number.NaN);
  return {
    problem: code ?? "unavailable",
    status: response.status,
    detail: detail ?? "",
    ...(field ? { field } : {}),
    ...(Number.isFinite(retryAfter) ? { retryAfterSeconds: retryAfter } : {}),
  };
}
