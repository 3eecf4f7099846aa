import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { readSessions, revokeSessions } from "../../store/session.ts";
import type { AppEnv, Parts } from "../parts.ts";
import { problem } from "../problem.ts";
import { answer, bearer, otherwise, SessionParam, Sessions } from "../schema.ts";

const list = createRoute({
  method: "get",
  path: "/api/v1/sessions",
  operationId: "listSessions",
  summary: "Where one is signed in, the latest used first, at most 200",
  security: bearer,
  responses: { 200: answer("The sessions", Sessions), ...otherwise },
});

const end = createRoute({
  method: "delete",
  path: "/api/v1/sessions/{session}",
  operationId: "endSession",
  summary: "End one of one's own sessions: its sockets are closed within a second",
  security: bearer,
  request: { params: SessionParam },
  responses: { 204: { description: "It has ended" }, ...otherwise },
});

const endOthers = createRoute({
  method: "delete",
  path: "/api/v1/sessions",
  operationId: "endOtherSessions",
  summary: "End all of one's own sessions but the one that asks",
  security: bearer,
  responses: { 204: { description: "They have ended" }, ...otherwise },
});

/** The routes of one's own sessions. */
export function addSessionsRoutes(app: OpenAPIHono<AppEnv>, parts: Parts): void {
  const revoke = async (
    userId: Parameters<typeof revokeSessions>[1],
    which: Parameters<typeof revokeSessions>[2],
  ): Promise<string[]> => {
    const at = new Date(parts.now());
    const ended = await parts.sql.begin((tx) => revokeSessions(tx, userId, which, at));
    // Here at once; other workers read of it.
    for (const id of ended) parts.onSessionEnded(id);
    return ended;
  };

  app.openapi(list, async (c) => {
    const { caller, sessionId } = c.var;
    const open = await readSessions(parts.sql, caller.id, new Date(parts.now()));
    const sessions = open.map(({ createdAt, lastUsedAt, ...session }) => ({
      ...session,
      isThis: session.id === sessionId,
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt.toISOString(),
    }));
    return c.json({ sessions }, 200);
  });

  app.openapi(end, async (c) => {
    const { session } = c.req.valid("param");
    const ended = await revoke(c.var.caller.id, { id: session });
    return ended.length > 0 ? c.body(null, 204) : problem(c, "not_found");
  });

  app.openapi(endOthers, async (c) => {
    await revoke(c.var.caller.id, { allBut: c.var.sessionId });
    return c.body(null, 204);
  });
}
