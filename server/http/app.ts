import { OpenAPIHono } from "@hono/zod-openapi";
import { bodyLimit } from "hono/body-limit";
import { cors } from "hono/cors";
import { HTTPException } from "hono/http-exception";
import { getPath } from "hono/utils/url";
import { createPasswords } from "../auth/password.ts";
import { createTickets } from "../auth/tickets.ts";
import { pathBeneath, prefixOf } from "../config.ts";
import { isUnreachable } from "../store/reachable.ts";
import { createProxies } from "./client-address.ts";
import { secureHeaders } from "./headers.ts";
import { instanceName, type AppEnv, type AppParts, type Parts } from "./parts.ts";
import { enforcePolicy } from "./policy.ts";
import { problem, problems, type ProblemCode } from "./problem.ts";
import { addAccountRoutes } from "./routes/account.ts";
import { addChannelRoutes } from "./routes/channels.ts";
import { addDemoRoutes } from "./routes/demo.ts";
import { addDocsRoutes } from "./routes/docs.ts";
import { addHealthRoutes } from "./routes/health.ts";
import { addInvitationRoutes } from "./routes/invitation.ts";
import { addMemberRoutes } from "./routes/members.ts";
import { addMessageRoutes } from "./routes/messages.ts";
import { addProfileRoutes } from "./routes/profile.ts";
import { addReadingRoutes } from "./routes/reading.ts";
import { addSessionRoutes } from "./routes/session.ts";
import { addSessionsRoutes } from "./routes/sessions.ts";
import { addStreamRoutes } from "./routes/stream.ts";
import { addUserRoutes } from "./routes/users.ts";
import { serveClient } from "./static.ts";

/** The largest form has a password of 1,024 bytes, each at worst six characters in JSON. */
const bodyBytesMax = 16 * 1024;

/** A message of 4,000 characters, each at worst twelve in JSON; a hundred numbers of people are less. */
const chatBodyBytesMax = 64 * 1024;
const chatPath = /^\/api\/v1\/(channels|stream)/;

export interface App {
  /** Answers a request; `peer` is the other end's address. Never rejects. */
  fetch(request: Request, peer: string): Promise<Response> | Response;
}

/** The HTTP side of a worker: REST, health, and the client's files. */
export function createApp(parts: AppParts): App {
  const app = createRoutes(parts);
  return { fetch: (request, peer) => app.fetch(request, { peer }) };
}

/** The same with its routes to look at. */
export function createRoutes(given: AppParts): OpenAPIHono<AppEnv> {
  const parts: Parts = {
    now: Date.now,
    passwords: createPasswords(),
    tickets: createTickets(given.sql, given.now ?? Date.now),
    ...given,
  };
  const proxies = createProxies(parts.config.trustedProxies);
  const { publicUrl } = parts.config;
  const ownOrigin = publicUrl && new URL(publicUrl).origin;
  const prefix = prefixOf(parts.config);
  const app = new OpenAPIHono<AppEnv>({
    getPath: (request) => pathBeneath(prefix, getPath(request)),
    defaultHook: (result, c) => {
      if (result.success) return undefined;

      const [issue] = result.error.issues;
      const field = issue?.path.length ? issue.path.join(".") : undefined;
      const code = issue && issue.message in problems ? issue.message : "input_invalid";
      return problem(c, code as ProblemCode, { field });
    },
  });

  app.use(async (c, next) => {
    const { peer } = c.env;
    // Without TRUSTED_PROXIES a browser's `Origin` still tells that its page came by https.
    const secure =
      proxies.cameByHttps(c.req.raw, peer) ||
      (ownOrigin?.startsWith("https:") === true && c.req.header("origin") === ownOrigin);
    c.set("requestId", crypto.randomUUID());
    c.set("address", proxies.addressOf(c.req.raw, peer));
    c.set("secure", secure);
    const scheme = secure ? "https" : "http";
    c.set("prefix", prefix);
    c.set("publicUrl", publicUrl ?? `${scheme}://${c.req.header("host") ?? "localhost"}`);

    const startedAt = performance.now();
    await next();
    parts.log.debug("answered", {
      requestId: c.var.requestId,
      method: c.req.method,
      path: c.req.path,
      status: c.res.status,
      ms: Math.round(performance.now() - startedAt),
    });
  });
  app.use(secureHeaders);
  app.use(
    "/api/*",
    cors({
      // Never with cookies: what a page elsewhere may do, it does with a token.
      origin: (origin) => (parts.config.corsOrigins.includes(origin) ? origin : null),
      allowHeaders: ["authorization", "content-type"],
      allowMethods: ["GET", "POST", "PUT", "PATCH", "DELETE"],
      exposeHeaders: ["retry-after", "x-request-id"],
      maxAge: 600,
    }),
  );
  // Code for pages elsewhere, and nothing else: what it may do is decided where it asks.
  app.use("/kit/*", cors({ origin: "*", allowMethods: ["GET"] }));
  const limitOf = (maxSize: number) =>
    bodyLimit({ maxSize, onError: (c) => problem(c, "body_too_large") });
  const [formLimit, chatLimit] = [limitOf(bodyBytesMax), limitOf(chatBodyBytesMax)];
  app.use((c, next) => (chatPath.test(c.req.path) ? chatLimit : formLimit)(c, next));
  app.use(enforcePolicy(parts));

  addHealthRoutes(app, parts);
  addAccountRoutes(app, parts);
  addSessionRoutes(app, parts);
  addSessionsRoutes(app, parts);
  addInvitationRoutes(app, parts);
  addDemoRoutes(app, parts);
  addUserRoutes(app, parts);
  addChannelRoutes(app, parts);
  addMemberRoutes(app, parts);
  addMessageRoutes(app, parts);
  addReadingRoutes(app, parts);
  addProfileRoutes(app, parts);
  addDocsRoutes(app);
  addStreamRoutes(app, parts);
  app.doc31("/openapi.json", {
    openapi: "3.1.0",
    info: { title: instanceName, version: parts.version },
    ...(prefix && { servers: [{ url: prefix }] }),
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "accessToken", {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
  });
  app.get("/*", serveClient(parts.config.clientDir));

  app.notFound((c) => problem(c, "not_found"));
  app.onError((error, c) => {
    // Hono's own: a body that is no JSON (400), or is not said to be (415).
    if (error instanceof HTTPException && error.status < 500) return problem(c, "body_not_json");
    if (isUnreachable(error)) return problem(c, "unavailable", { retryAfterSeconds: 2 });

    const { requestId } = c.var;
    parts.log.error("a request failed", {
      requestId,
      method: c.req.method,
      path: c.req.path,
      error,
    });
    return problem(c, "unexpected");
  });
  return app;
}
