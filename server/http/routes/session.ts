import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { refreshSession, signOut } from "../../auth/session.ts";
import { signIn } from "../../auth/sign-in.ts";
import type { AppEnv, Parts } from "../parts.ts";
import { problem } from "../problem.ts";
import { answer, body, otherwise, Signed, SignInForm } from "../schema.ts";
import { forgetToken, refreshTokenOf, signed } from "../signed.ts";

const begin = createRoute({
  method: "post",
  path: "/api/v1/session",
  operationId: "signIn",
  summary: "Sign in",
  request: body(SignInForm),
  responses: { 201: answer("Signed in", Signed), ...otherwise },
});

const refresh = createRoute({
  method: "post",
  path: "/api/v1/session/refresh",
  operationId: "refreshSession",
  summary: "Continue the session of the refresh cookie with a new access token",
  responses: {
    200: answer("Still signed in", Signed),
    204: { description: "No refresh cookie came: nobody is signed in, and nothing is wrong" },
    ...otherwise,
  },
});

const end = createRoute({
  method: "delete",
  path: "/api/v1/session",
  operationId: "signOut",
  summary: "Sign out: end the session of the refresh cookie, if there is one",
  responses: { 204: { description: "Signed out" }, ...otherwise },
});

/** The routes of signing in and out. */
export function addSessionRoutes(app: OpenAPIHono<AppEnv>, parts: Parts): void {
  app.openapi(begin, async (c) => {
    const entered = await signIn(parts, { ...c.req.valid("json"), address: c.var.address });
    if ("refused" in entered) return problem(c, entered.refused, entered);

    return await signed(c, parts, entered, 201);
  });

  app.openapi(refresh, async (c) => {
    const token = refreshTokenOf(c);
    // Every visitor's page asks. Were it refused, the browser would write an error into the console.
    if (token === "") return c.body(null, 204);

    const entered = await refreshSession(parts, token);
    if (!("refused" in entered)) return await signed(c, parts, entered, 200);

    if (entered.endedId !== undefined) {
      parts.onSessionEnded(entered.endedId);
      parts.log.warn("a refresh token came twice: its session is ended", {
        sessionId: entered.endedId,
        address: c.var.address,
      });
    }
    forgetToken(c);
    return problem(c, entered.refused);
  });

  app.openapi(end, async (c) => {
    const endedId = await signOut(parts, refreshTokenOf(c));
    if (endedId !== undefined) parts.onSessionEnded(endedId);
    forgetToken(c);
    return c.body(null, 204);
  });
}
