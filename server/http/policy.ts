import type { MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import type { Admitted } from "../auth/access.ts";
import { allowedOrigin, isNamedOrigin } from "../auth/origin.ts";
import type { AppEnv, Parts } from "./parts.ts";
import { problem, type ProblemCode, slowDown } from "./problem.ts";
import { costOf } from "./request-cost.ts";

interface Rule {
  /** `admin` is an administrator or the owner. */
  readonly caller: "anyone" | "signed_in" | "admin" | "owner";
  /** Whether a page of another site is turned away; so for everything that changes something. `named` lets those of CORS_ORIGINS in. */
  readonly origin: "any" | "same" | "named";
}

const anyone = { caller: "anyone", origin: "any" } as const;
const ownPages = { caller: "anyone", origin: "same" } as const;
/** What comes without a cookie and brings its token along. */
const namedPages = { caller: "anyone", origin: "named" } as const;
/** Reading: a token says who asks, and no cookie can. */
const readers = { caller: "signed_in", origin: "any" } as const;
const writers = { caller: "signed_in", origin: "named" } as const;
const admins = { caller: "admin", origin: "named" } as const;
const owner = { caller: "owner", origin: "named" } as const;

/** Who may call what. A route that does not stand here answers nobody. */
export const policy: Readonly<Record<string, Rule>> = {
  "GET /livez": anyone,
  "GET /readyz": anyone,
  "GET /healthz": anyone,
  "GET /openapi.json": anyone,
  "GET /docs": anyone,
  "GET /docs/:file": anyone,
  "GET /api/v1/instance": anyone,
  "POST /api/v1/setup": ownPages,
  "POST /api/v1/session": ownPages,
  "POST /api/v1/session/refresh": ownPages,
  "DELETE /api/v1/session": ownPages,
  "POST /api/v1/password/reset": ownPages,
  "POST /api/v1/invitations/look": ownPages,
  "POST /api/v1/invitations/accept": ownPages,
  "GET /api/v1/invitations": admins,
  "POST /api/v1/invitations": admins,
  "DELETE /api/v1/invitations/:id": admins,
  "GET /api/v1/demo": owner,
  "POST /api/v1/demo": owner,
  "DELETE /api/v1/demo": owner,
  "POST /api/v1/demo/people/:id/link": owner,
  "POST /api/v1/demo/enter": ownPages,
  "GET /api/v1/sessions": readers,
  "DELETE /api/v1/sessions": writers,
  "DELETE /api/v1/sessions/:session": writers,
  "GET /api/v1/account": readers,
  "GET /api/v1/account/profile": readers,
  "PUT /api/v1/account/status": writers,
  "DELETE /api/v1/account/status": writers,
  "PUT /api/v1/account/shown": writers,
  "GET /api/v1/users": readers,
  "GET /api/v1/users/online": readers,
  "GET /api/v1/users/:user": readers,
  "GET /api/v1/users/:user/presence": readers,
  "GET /api/v1/unread": readers,
  "GET /api/v1/channels": readers,
  "POST /api/v1/channels": writers,
  "GET /api/v1/channels/:channel": readers,
  "PATCH /api/v1/channels/:channel": writers,
  "DELETE /api/v1/channels/:channel": writers,
  "GET /api/v1/channels/:channel/members": readers,
  "POST /api/v1/channels/:channel/members": writers,
  "PATCH /api/v1/channels/:channel/members/:user": writers,
  "DELETE /api/v1/channels/:channel/members/:user": writers,
  "GET /api/v1/channels/:channel/messages": readers,
  "POST /api/v1/channels/:channel/messages": writers,
  "GET /api/v1/channels/:channel/messages/:seq": readers,
  "GET /api/v1/channels/:channel/messages/:seq/receipts": readers,
  "PUT /api/v1/channels/:channel/pointers": writers,
  "POST /api/v1/channels/:channel/typing": writers,
  // The token is in its first frame, as with a socket.
  "POST /api/v1/stream": namedPages,
  "POST /api/v1/stream/:stream/:number": namedPages,
  "POST /api/v1/stream/ticket": writers,
  "GET /api/v1/stream/events": anyone, // With a ticket.
  "GET /api/v1/stream/test": anyone,
  "GET /*": anyone, // The client's files and pages.
};

/** Lets a request through to its route, or answers it: 403 for a foreign page, 401 for a stranger, 403 for a role, 429 for too many. */
export function enforcePolicy(parts: Parts): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const route = matchedRoutes(c).find(({ method }) => method !== "ALL");
    if (!route) return await next(); // Nothing answers there: `not_found`.

    const name = `${route.method} ${route.path}`;
    const rule = policy[name];
    if (!rule) throw new Error(`No policy says who may call ${name}`);
    const { ofAddress, ofUser } = costOf(name);
    const addressWaitMs = parts.admission.request(c.var.address, ofAddress);
    if (addressWaitMs > 0) return slowDown(c, addressWaitMs);
    if (!mayCall(c.req.raw, parts, rule)) {
      return problem(c, "origin_forbidden");
    }
    if (rule.caller === "anyone") return await next();

    const admitted = await readCaller(parts, c.req.header("authorization"));
    if (typeof admitted === "string") return problem(c, admitted);
    const { account: caller, sessionId } = admitted;
    if (rule.caller === "admin" && caller.role !== "admin" && caller.role !== "owner") {
      return problem(c, "role_too_low");
    }
    if (rule.caller === "owner" && caller.role !== "owner") return problem(c, "owner_only");
    const { pace } = parts;
    const waitMs =
      ofUser === "a message" ? pace.messages(caller.id, 1) : pace.commands(caller.id, ofUser);
    if (waitMs > 0) return slowDown(c, waitMs);
    c.set("caller", caller);
    c.set("sessionId", sessionId);
    return await next();
  };
}

/** Pages that the operator named may call what needs a token; what goes by cookie is for our own alone. */
function mayCall(request: Request, { config }: Parts, { origin }: Rule): boolean {
  if (origin === "any" || allowedOrigin(request, config)) return true;
  return origin === "named" && isNamedOrigin(request, config.corsOrigins);
}

async function readCaller(
  { admit }: Parts,
  authorization: string | undefined,
): Promise<Admitted | ProblemCode> {
  const token = /^Bearer ([\w.-]+)$/i.exec(authorization ?? "")?.[1];
  if (token === undefined) return "token_invalid";

  const admitted = await admit(token);
  if (!("refused" in admitted)) return admitted;
  return admitted.refused === "user_inactive" ? "account_inactive" : admitted.refused;
}
