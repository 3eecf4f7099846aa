import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { addMembers, removeMember, setRole } from "../../chat/manage-group.ts";
import { cursorAfter, parseCursor } from "../../chat/people.ts";
import { readMembers } from "../../store/members.ts";
import { readWhyNot } from "../../store/membership.ts";
import { isoOf, personJson } from "../chat-json.ts";
import {
  ChannelParam,
  MemberParam,
  Members,
  PageQuery,
  RoleForm,
  UsersForm,
} from "../chat-schema.ts";
import type { AppEnv, Parts } from "../parts.ts";
import { problem, refused } from "../problem.ts";
import { answer, bearer, body, otherwise } from "../schema.ts";

const path = "/api/v1/channels/{channel}/members";

const list = createRoute({
  method: "get",
  path,
  operationId: "listMembers",
  summary: "Who is in a channel, by name",
  security: bearer,
  request: { params: ChannelParam, query: PageQuery },
  responses: { 200: answer("A page of them", Members), ...otherwise },
});

const add = createRoute({
  method: "post",
  path,
  operationId: "addMembers",
  summary: "Bring people into a group",
  security: bearer,
  request: { params: ChannelParam, ...body(UsersForm) },
  responses: { 204: { description: "They are in it" }, ...otherwise },
});

const change = createRoute({
  method: "patch",
  path: `${path}/{user}`,
  operationId: "setRole",
  summary: "Give a member of a group another role",
  security: bearer,
  request: { params: MemberParam, ...body(RoleForm) },
  responses: { 204: { description: "They have it" }, ...otherwise },
});

const remove = createRoute({
  method: "delete",
  path: `${path}/{user}`,
  operationId: "removeMember",
  summary: "Remove somebody from a group; oneself: leave it",
  security: bearer,
  request: { params: MemberParam },
  responses: { 204: { description: "They are no longer in it" }, ...otherwise },
});

/** The routes of who is in a channel. */
export function addMemberRoutes(app: OpenAPIHono<AppEnv>, { sql, chat }: Parts): void {
  app.openapi(list, async (c) => {
    const channel = c.req.valid("param").channel as ChannelId;
    const { after, limit } = c.req.valid("query");
    const cursor = after === undefined ? null : parseCursor(after);
    if (cursor === undefined) return problem(c, "input_invalid", { field: "after" });
    const { id } = c.var.caller;
    const page = await readMembers(sql, channel, id, cursor, limit);
    if (!page) return problem(c, await readWhyNot(sql, channel, id));
    const here = await chat.presence.here(page.members.map((member) => member.id));
    const members = page.members.map((member) => ({
      ...personJson(member, here),
      joinedAt: isoOf(member.joinedAt),
    }));
    return c.json({ members, count: page.count, next: cursorAfter(page.members, limit) }, 200);
  });

  app.openapi(add, async (c) => {
    const channel = c.req.valid("param").channel as ChannelId;
    const users = c.req.valid("json").users as UserId[];
    const added = await addMembers(chat, c.var.caller.id, { channel, users });
    return "refused" in added ? refused(c, added) : c.body(null, 204);
  });

  app.openapi(change, async (c) => {
    const { channel, user } = c.req.valid("param") as { channel: ChannelId; user: UserId };
    const wish = { channel, user, ...c.req.valid("json") };
    const changed = await setRole(chat, c.var.caller.id, wish);
    return "refused" in changed ? refused(c, changed) : c.body(null, 204);
  });

  app.openapi(remove, async (c) => {
    const wish = c.req.valid("param") as { channel: ChannelId; user: UserId };
    const removed = await removeMember(chat, c.var.caller.id, wish);
    return "refused" in removed ? refused(c, removed) : c.body(null, 204);
  });
}
