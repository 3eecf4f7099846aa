import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { invite, lookAtInvitation } from "../../auth/invitation.ts";
import { readOpenInvitations, revokeInvitation } from "../../store/invitation.ts";
import { instanceName, type AppEnv, type Parts } from "../parts.ts";
import { problem } from "../problem.ts";
import {
  answer,
  bearer,
  body,
  CodeForm,
  IdParam,
  InvitationForm,
  InvitationLook,
  Invitations,
  MadeInvitation,
  otherwise,
} from "../schema.ts";

const create = createRoute({
  method: "post",
  path: "/api/v1/invitations",
  operationId: "createInvitation",
  summary: "Make an invitation; only this answer holds its link",
  security: bearer,
  request: body(InvitationForm),
  responses: { 201: answer("The invitation", MadeInvitation), ...otherwise },
});

const list = createRoute({
  method: "get",
  path: "/api/v1/invitations",
  operationId: "listInvitations",
  summary: "The invitations that can still be accepted, newest first, at most 100",
  security: bearer,
  responses: { 200: answer("The invitations", Invitations), ...otherwise },
});

const revoke = createRoute({
  method: "delete",
  path: "/api/v1/invitations/{id}",
  operationId: "revokeInvitation",
  summary: "Take an invitation back",
  security: bearer,
  request: { params: IdParam },
  responses: { 204: { description: "Nobody can accept it any more" }, ...otherwise },
});

const look = createRoute({
  method: "post",
  path: "/api/v1/invitations/look",
  operationId: "lookAtInvitation",
  summary: "Who invites, before accepting",
  request: body(CodeForm),
  responses: { 200: answer("The invitation", InvitationLook), ...otherwise },
});

/** The routes of invitations; accepting one is in `account.ts`. */
export function addInvitationRoutes(app: OpenAPIHono<AppEnv>, parts: Parts): void {
  app.openapi(create, async (c) => {
    const wish = { ...c.req.valid("json"), publicUrl: c.var.publicUrl };
    return c.json(withIsoTimes(await invite(parts, c.var.caller.id, wish)), 201);
  });

  app.openapi(list, async (c) => {
    const open = await readOpenInvitations(parts.sql, new Date(parts.now()));
    return c.json({ invitations: open.map(withIsoTimes) }, 200);
  });

  app.openapi(revoke, async (c) => {
    const { id } = c.req.valid("param");
    const revoked = await revokeInvitation(parts.sql, id, new Date(parts.now()));
    return revoked ? c.body(null, 204) : problem(c, "not_found");
  });

  app.openapi(look, async (c) => {
    const { code } = c.req.valid("json");
    const attempt = async () => await lookAtInvitation(parts, code);
    const found = await parts.attempts.link(c.var.address, attempt);
    if ("refused" in found) return problem(c, found.refused, found);

    return c.json({ invitedBy: found.invitedBy, instance: instanceName }, 200);
  });
}

function withIsoTimes<T extends { createdAt: Date; expiresAt: Date }>(invitation: T) {
  return {
    ...invitation,
    createdAt: invitation.createdAt.toISOString(),
    expiresAt: invitation.expiresAt.toISOString(),
  };
}
