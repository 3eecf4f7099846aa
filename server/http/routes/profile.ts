import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { UserId } from "#wire/ids.ts";
import type { Status as SaidStatus } from "#wire/row.ts";
import { seenIn } from "../../chat/people.ts";
import { setShown, setStatus } from "../../chat/profile.ts";
import { readPeople } from "../../store/people.ts";
import { isoOrNull, statusJson } from "../chat-json.ts";
import { Presence, Profile, Shown, StatusForm, UserParam } from "../chat-schema.ts";
import type { AppEnv, Parts } from "../parts.ts";
import { problem, refused } from "../problem.ts";
import { answer, bearer, body, otherwise } from "../schema.ts";

const presence = createRoute({
  method: "get",
  path: "/api/v1/users/{user}/presence",
  operationId: "getPresence",
  summary: "Whether somebody is here, and what they say of themselves",
  security: bearer,
  request: { params: UserParam },
  responses: { 200: answer("How they are seen", Presence), ...otherwise },
});

const own = createRoute({
  method: "get",
  path: "/api/v1/account/profile",
  operationId: "getProfile",
  summary: "What one says of oneself, and how others see one",
  security: bearer,
  responses: { 200: answer("The profile", Profile), ...otherwise },
});

const say = createRoute({
  method: "put",
  path: "/api/v1/account/status",
  operationId: "setStatus",
  summary: "Say what one is doing, until a time or until one says something else",
  security: bearer,
  request: body(StatusForm),
  responses: { 204: { description: "Those who look are told" }, ...otherwise },
});

const takeBack = createRoute({
  method: "delete",
  path: "/api/v1/account/status",
  operationId: "clearStatus",
  summary: "Take back what one says of oneself",
  security: bearer,
  responses: { 204: { description: "Those who look are told" }, ...otherwise },
});

const show = createRoute({
  method: "put",
  path: "/api/v1/account/shown",
  operationId: "setShown",
  summary: "How others see one: as one is, away or offline; whether one writes; what one has read",
  security: bearer,
  request: body(Shown),
  responses: { 204: { description: "One is seen so from now on" }, ...otherwise },
});

/** The routes of what people say of themselves, and of how they are seen. */
export function addProfileRoutes(app: OpenAPIHono<AppEnv>, { sql, chat }: Parts): void {
  app.openapi(presence, async (c) => {
    const user = c.req.valid("param").user as UserId;
    const [[person], here] = await Promise.all([
      readPeople(sql, [user]),
      chat.presence.here([user]),
    ]);
    if (!person) return problem(c, "not_found");
    const { lastSeenAt, status } = person;
    const seen = { lastSeenAt: isoOrNull(lastSeenAt), status: statusJson(status) };
    return c.json({ user, ...seenIn(here, user), ...seen }, 200);
  });

  app.openapi(own, async (c) => {
    const profile = await chat.reads.profile(c.var.caller.id);
    if (!profile) return problem(c, "not_found");
    return c.json({ status: statusJson(profile.status), shown: profile.shown }, 200);
  });

  const change = (user: UserId, status: SaidStatus | null) => setStatus(chat, user, { status });

  app.openapi(say, async (c) => {
    const { text, until } = c.req.valid("json");
    const ms = until === null ? null : Date.parse(until);
    const set = await change(c.var.caller.id, { text, until: ms });
    return "refused" in set ? refused(c, set) : c.body(null, 204);
  });

  app.openapi(takeBack, async (c) => {
    const set = await change(c.var.caller.id, null);
    return "refused" in set ? refused(c, set) : c.body(null, 204);
  });

  app.openapi(show, async (c) => {
    await setShown(chat, c.var.caller.id, { shown: c.req.valid("json") });
    return c.body(null, 204);
  });
}
