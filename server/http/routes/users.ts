import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { UserId } from "#wire/ids.ts";
import { cursorAfter, parseCursor } from "../../chat/people.ts";
import { findPeople, type FoundPerson, readPeople } from "../../store/people.ts";
import { personJson } from "../chat-json.ts";
import { PageQuery, People, PeopleQuery, Person, UserParam } from "../chat-schema.ts";
import type { AppEnv, Parts } from "../parts.ts";
import { problem } from "../problem.ts";
import { answer, bearer, otherwise, User } from "../schema.ts";

const own = createRoute({
  method: "get",
  path: "/api/v1/account",
  operationId: "getAccount",
  summary: "One's own account",
  security: bearer,
  responses: { 200: answer("The account", User), ...otherwise },
});

const list = createRoute({
  method: "get",
  path: "/api/v1/users",
  operationId: "listUsers",
  summary: "Active people by name; `query` is the beginning of a word of a name, or of an address",
  security: bearer,
  request: { query: PeopleQuery },
  responses: { 200: answer("A page of them", People), ...otherwise },
});

const online = createRoute({
  method: "get",
  path: "/api/v1/users/online",
  operationId: "listOnlineUsers",
  summary: "People who are here now, by number",
  security: bearer,
  request: { query: PageQuery },
  responses: { 200: answer("A page of them", People), ...otherwise },
});

const one = createRoute({
  method: "get",
  path: "/api/v1/users/{user}",
  operationId: "getUser",
  summary: "One person, also one who is no longer active",
  security: bearer,
  request: { params: UserParam },
  responses: { 200: answer("The person", Person), ...otherwise },
});

/** The routes of people. */
export function addUserRoutes(app: OpenAPIHono<AppEnv>, parts: Parts): void {
  const { sql, chat } = parts;
  const json = async (people: readonly FoundPerson[]) => {
    const here = await chat.presence.here(people.map(({ id }) => id));
    return people.map((person) => personJson(person, here));
  };

  app.openapi(own, (c) => c.json(c.var.caller, 200));

  app.openapi(list, async (c) => {
    const { query, after, limit } = c.req.valid("query");
    const cursor = after === undefined ? null : parseCursor(after);
    if (cursor === undefined) return problem(c, "input_invalid", { field: "after" });
    const found = await findPeople(sql, query.trim(), cursor, limit);
    const users = await json(found);
    return c.json({ users, next: cursorAfter(found, limit) }, 200);
  });

  app.openapi(online, async (c) => {
    const { after, limit } = c.req.valid("query");
    const from = after === undefined ? 0 : Number(after);
    if (!Number.isSafeInteger(from) || from < 0) {
      return problem(c, "input_invalid", { field: "after" });
    }
    const here = await chat.presence.online(from, limit + 1);
    const page = here.slice(0, limit);
    const found = (await readPeople(sql, page)).toSorted((a, b) => a.id - b.id);
    const users = await json(found);
    return c.json({ users, next: here.length > limit ? `${page.at(-1)}` : null }, 200);
  });

  app.openapi(one, async (c) => {
    const { user } = c.req.valid("param");
    const [person] = await json(await readPeople(sql, [user as UserId]));
    return person ? c.json(person, 200) : problem(c, "not_found");
  });
}
