import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { UserId } from "#wire/ids.ts";
import { loadDemo } from "../../demo/load-demo.ts";
import { removeDemo } from "../../demo/remove-demo.ts";
import { enterByLink, makeSignInLink } from "../../demo/sign-in-link.ts";
import { readDemoPeople } from "../../store/demo.ts";
import type { AppEnv, Parts } from "../parts.ts";
import { problem } from "../problem.ts";
import {
  answer,
  bearer,
  body,
  CodeForm,
  Demo,
  DemoLink,
  IdParam,
  otherwise,
  Signed,
} from "../schema.ts";
import { signed } from "../signed.ts";

const look = createRoute({
  method: "get",
  path: "/api/v1/demo",
  operationId: "getDemo",
  summary: "The people of the example; nobody where it is not loaded",
  security: bearer,
  responses: { 200: answer("The example", Demo), ...otherwise },
});

const load = createRoute({
  method: "post",
  path: "/api/v1/demo",
  operationId: "loadDemo",
  summary: "Load the example: people, channels and what they said; refused while it is there",
  security: bearer,
  responses: { 201: answer("The example", Demo), ...otherwise },
});

const remove = createRoute({
  method: "delete",
  path: "/api/v1/demo",
  operationId: "removeDemo",
  summary: "Remove the example; called again it finishes what was cut short",
  security: bearer,
  responses: { 204: { description: "Nothing of it is left" }, ...otherwise },
});

const makeLink = createRoute({
  method: "post",
  path: "/api/v1/demo/people/{id}/link",
  operationId: "makeDemoLink",
  summary: "Make a link that signs in as a person of the example, once, within an hour",
  security: bearer,
  request: { params: IdParam },
  responses: {
    201: answer("The link; an older one of this person is void", DemoLink),
    ...otherwise,
  },
});

const enter = createRoute({
  method: "post",
  path: "/api/v1/demo/enter",
  operationId: "enterDemo",
  summary: "Sign in as a person of the example, with the code of a link",
  request: body(CodeForm),
  responses: { 201: answer("Signed in", Signed), ...otherwise },
});

/** The routes of the example. */
export function addDemoRoutes(app: OpenAPIHono<AppEnv>, parts: Parts): void {
  const { sql, now, log } = parts;
  const demoParts = { ...parts.chat, now };

  app.openapi(look, async (c) => c.json({ people: await readDemoPeople(sql) }, 200));

  app.openapi(load, async (c) => {
    const { caller } = c.var;
    const loaded = await loadDemo(demoParts, caller);
    if ("refused" in loaded) return problem(c, loaded.refused);

    log.info("the example was loaded", { userId: caller.id });
    return c.json({ people: await readDemoPeople(parts.chat.writing) }, 201);
  });

  app.openapi(remove, async (c) => {
    const people = await removeDemo(demoParts, parts.onSessionEnded);
    if (people > 0) log.info("the example was removed", { userId: c.var.caller.id, people });
    return c.body(null, 204);
  });

  app.openapi(makeLink, async (c) => {
    const user = c.req.valid("param").id as UserId;
    const made = await makeSignInLink(parts, user, c.var.publicUrl);
    if (!made) return problem(c, "not_found");

    return c.json({ link: made.link, expiresAt: made.expiresAt.toISOString() }, 201);
  });

  app.openapi(enter, async (c) => {
    const { code } = c.req.valid("json");
    const attempt = async () => await enterByLink(parts, code);
    const entered = await parts.attempts.link(c.var.address, attempt);
    if ("refused" in entered) return problem(c, entered.refused, entered);

    log.info("somebody came in as a person of the example", { userId: entered.account.id });
    return await signed(c, parts, entered, 201);
  });
}
