import type { Context } from "hono";
import type { OpenAPIHono } from "@hono/zod-openapi";
import { isReachable } from "../../store/reachable.ts";
import type { AppEnv, Parts } from "../parts.ts";

/** Alive is who answers. Ready is who should be given work: not without a database, not while draining. */
export function addHealthRoutes(app: OpenAPIHono<AppEnv>, parts: Parts): void {
  const live = (c: Context) => c.json({ status: "alive" }, 200);
  app.get("/livez", live);
  app.get("/healthz", live);
  app.get("/readyz", async (c) => {
    if (parts.isDraining()) return c.json({ status: "draining" }, 503);

    const reachable = await isReachable(parts.sql);
    return reachable
      ? c.json({ status: "ready" }, 200)
      : c.json({ status: "the database can't be reached" }, 503);
  });
}
