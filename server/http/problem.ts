import type { Context } from "hono";
import { z } from "@hono/zod-openapi";
import { type Refusal, refusals } from "#wire/codes.ts";
import type { ClientErrorStatusCode, ServerErrorStatusCode } from "hono/utils/http-status";
import type { TurnedAway } from "./admission.ts";
import { wireProblems } from "./wire-problems.ts";

interface ProblemKind {
  readonly status: ClientErrorStatusCode | ServerErrorStatusCode;
  /** For a person, shown at the field or the button that caused it. */
  readonly sentence: string;
  /** What helps. */
  readonly remedy: string;
}

/** What only HTTP says, or says of accounts. */
export const ownProblems = {
  body_not_json: {
    status: 400,
    sentence: "The server did not understand this.",
    remedy: "The body must be JSON, and its content-type application/json.",
  },
  input_invalid: {
    status: 422,
    sentence: "Something in this form is not as it should be.",
    remedy: "`field` names it; /openapi.json says what it may hold.",
  },
  name_invalid: {
    status: 422,
    sentence: "A name has 1 to 80 characters, and no control characters.",
    remedy: "Choose another name.",
  },
  email_invalid: {
    status: 422,
    sentence: "This is not an email address.",
    remedy: "It looks like ada@example.org.",
  },
  password_too_short: {
    status: 422,
    sentence: "A password has at least 10 characters.",
    remedy: "Three or four words make a good one.",
  },
  password_too_long: {
    status: 422,
    sentence: "This password is too long.",
    remedy: "A password has at most 1,024 bytes.",
  },
  body_too_large: {
    status: 413,
    sentence: "This is more than the server takes at once.",
    remedy: "Send less.",
  },
  origin_forbidden: {
    status: 403,
    sentence: "This page may not speak to this server.",
    remedy: "Open Parley at its own address; behind a proxy set PUBLIC_URL to that address.",
  },
  token_invalid: {
    status: 401,
    sentence: "You are not signed in.",
    remedy: "Get a new access token, or sign in again.",
  },
  token_expired: {
    status: 401,
    sentence: "Your sign-in has expired.",
    remedy: "Get a new access token.",
  },
  session_ended: {
    status: 401,
    sentence: "You are signed out.",
    remedy: "Sign in again.",
  },
  wrong_credentials: {
    status: 401,
    sentence: "Email or password is wrong.",
    remedy: "Try again, or ask who runs this Parley for a reset link.",
  },
  account_inactive: {
    status: 403,
    sentence: "This account is deactivated.",
    remedy: "Ask an administrator.",
  },
  role_too_low: {
    status: 403,
    sentence: "Only administrators can do this.",
    remedy: "Ask an administrator.",
  },
  owner_only: {
    status: 403,
    sentence: "Only the owner can do this.",
    remedy: "Ask whoever set this Parley up.",
  },
  demo_loaded: {
    status: 409,
    sentence: "The example is loaded already.",
    remedy: "Remove it first, and then load it anew.",
  },
  already_set_up: {
    status: 409,
    sentence: "This Parley is already set up.",
    remedy: "Sign in, or ask its owner for an invitation.",
  },
  email_taken: {
    status: 409,
    sentence: "Somebody has an account with this email address.",
    remedy: "Sign in, or use another address.",
  },
  link_invalid: {
    status: 410,
    sentence: "This link is no longer valid.",
    remedy: "It was used, taken back, replaced or is too old. Ask for a new one.",
  },
  ticket_invalid: {
    status: 401,
    sentence: "This ticket is not valid.",
    remedy:
      "It works once, within a minute. Get another by POST /api/v1/stream/ticket, also after a break.",
  },
  stream_gone: {
    status: 410,
    sentence: "This stream has ended.",
    remedy:
      "Begin another with POST /api/v1/stream and your cursors; send again what had no answer.",
  },
  too_far_ahead: {
    status: 409,
    sentence: "An earlier frame of this stream is missing.",
    remedy: "Send frames in the order of their numbers, or begin another stream.",
  },
  too_many_attempts: {
    status: 429,
    sentence: "Too many attempts.",
    remedy: "Wait for the time that `retry-after` gives in seconds, then try again.",
  },
  not_found: {
    status: 404,
    sentence: "There is nothing here.",
    remedy: "Check the address.",
  },
  keys_unavailable: {
    status: 503,
    sentence: "Whether this sign-in is valid cannot be said now.",
    remedy:
      "The host application's public keys can't be read (HOST_JWKS_URL). Try again in a moment.",
  },
  busy: {
    status: 503,
    sentence: "The server is busy.",
    remedy: "Try again in a moment.",
  },
  unavailable: {
    status: 503,
    sentence: "The server can't reach its database.",
    remedy: "Try again in a moment.",
  },
  unexpected: {
    status: 500,
    sentence: "Something went wrong here.",
    remedy: "Try again; the server's log has more under the request's id.",
  },
} as const satisfies Record<string, ProblemKind>;

/** The closed list of everything that the HTTP interface answers when it says no: its own, and the wire's under the wire's codes. */
export const problems = { ...ownProblems, ...wireProblems };

export type ProblemCode = keyof typeof problems;
const problemCodes = Object.keys(problems) as [ProblemCode, ...ProblemCode[]];

/** The body of every answer that says no (RFC 9457). */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number(),
    detail: z.string(),
    code: z.enum(problemCodes),
    /** Which field of the form is meant. */
    field: z.string().optional(),
  })
  .openapi("Problem");

/** A refusal of a command as a problem: what nobody sends over HTTP, or what would be our own fault, is one of ours. */
export function refused(c: Context, { refused: code, retryAfterMs = 1_000 }: Refusal) {
  const isWorthIt = refusals[code].client === "retry";
  const retryAfterSeconds = isWorthIt ? Math.ceil(retryAfterMs / 1_000) : undefined;
  if (code in problems) return problem(c, code as ProblemCode, { retryAfterSeconds });
  throw new Error(`the refusal ${code} has no problem`);
}

/** Too fast: what waits so long has a chance. */
export function slowDown(c: Context, waitMs: number) {
  return problem(c, "slow_down", { retryAfterSeconds: Math.ceil(waitMs / 1_000) });
}

/** No room for one more socket or stream, or too many of one address. */
export function turnedAway(c: Context, { why, retryAfterSeconds }: TurnedAway) {
  return problem(c, why === "full" ? "busy" : "slow_down", { retryAfterSeconds });
}

interface Extras {
  readonly field?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

/** Answers with a problem; `retryAfterSeconds` becomes the header. */
export function problem(c: Context, code: ProblemCode, { field, retryAfterSeconds }: Extras = {}) {
  const { status, sentence, remedy } = problems[code];
  if (retryAfterSeconds !== undefined) c.header("retry-after", String(retryAfterSeconds));
  const body: z.infer<typeof Problem> = {
    type: `urn:parley:problem:${code}`,
    title: sentence,
    status,
    detail: remedy,
    code,
    ...(field === undefined ? {} : { field }),
  };
  // Typed as every problem's status, so that a route need declare only `default`.
  return c.json(body, status as ClientErrorStatusCode, {
    "content-type": "application/problem+json",
  });
}
