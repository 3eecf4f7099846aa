import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { join } from "../../auth/invitation.ts";
import { reset } from "../../auth/reset.ts";
import { setUp } from "../../auth/setup.ts";
import { hasOwner } from "../../store/account.ts";
import { instanceName, type AppEnv, type Parts } from "../parts.ts";
import { problem } from "../problem.ts";
import {
  answer,
  body,
  CodedAccountForm,
  Instance,
  otherwise,
  ResetForm,
  Signed,
} from "../schema.ts";
import { signed } from "../signed.ts";

const instance = createRoute({
  method: "get",
  path: "/api/v1/instance",
  operationId: "getInstance",
  summary: "What this server is, and whether it has an owner",
  responses: { 200: answer("The server", Instance), ...otherwise },
});

const setup = createRoute({
  method: "post",
  path: "/api/v1/setup",
  operationId: "setUp",
  summary: "Become the owner, with the code of the set-up link",
  request: body(CodedAccountForm),
  responses: { 201: answer("The owner is signed in", Signed), ...otherwise },
});

const accept = createRoute({
  method: "post",
  path: "/api/v1/invitations/accept",
  operationId: "acceptInvitation",
  summary: "Become a member, with the code of an invitation",
  request: body(CodedAccountForm),
  responses: { 201: answer("The member is signed in", Signed), ...otherwise },
});

const resetPassword = createRoute({
  method: "post",
  path: "/api/v1/password/reset",
  operationId: "resetPassword",
  summary: "Choose a new password, with the code of a reset link",
  request: body(ResetForm),
  responses: { 201: answer("The person is signed in, here only", Signed), ...otherwise },
});

/** The routes by which accounts come to be and change. */
export function addAccountRoutes(app: OpenAPIHono<AppEnv>, parts: Parts): void {
  app.openapi(instance, async (c) => {
    const setUpAlready = await hasOwner(parts.sql);
    return c.json({ name: instanceName, version: parts.version, setUp: setUpAlready }, 200);
  });

  app.openapi(setup, async (c) => {
    const form = c.req.valid("json");
    const entered = await parts.attempts.link(c.var.address, async () => await setUp(parts, form));
    if ("refused" in entered) return problem(c, entered.refused, entered);

    parts.log.info("the owner is set up", { userId: entered.account.id });
    return await signed(c, parts, entered, 201);
  });

  app.openapi(accept, async (c) => {
    const form = c.req.valid("json");
    const entered = await parts.attempts.link(c.var.address, async () => await join(parts, form));
    if ("refused" in entered) return problem(c, entered.refused, entered);

    parts.log.info("an invitation was accepted", { userId: entered.account.id });
    return await signed(c, parts, entered, 201);
  });

  app.openapi(resetPassword, async (c) => {
    const form = c.req.valid("json");
    const entered = await parts.attempts.link(c.var.address, async () => await reset(parts, form));
    if ("refused" in entered) return problem(c, entered.refused, entered);

    entered.ended.forEach(parts.onSessionEnded);
    parts.log.info("a password was reset", { userId: entered.account.id });
    return await signed(c, parts, entered, 201);
  });
}
