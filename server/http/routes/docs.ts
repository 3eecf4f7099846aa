import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "../parts.ts";
import { problem } from "../problem.ts";

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>HTTP interface · Parley</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="docs/swagger-ui.css" />
  </head>
  <body>
    <div id="docs"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`;

/** A file of its own, because nothing inline is allowed here. */
const start = `SwaggerUIBundle({ url: "openapi.json", dom_id: "#docs", deepLinking: true, validatorUrl: null });
`;

/** What of the package the page needs; it holds many more. */
const files = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
} as const;

const compress = promisify(gzip);
const zipped = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();

/** Compressed once, when it is first asked for. */
function zippedFile(name: keyof typeof files): Promise<Uint8Array<ArrayBuffer>> {
  let known = zipped.get(name);
  if (!known) {
    known = readFile(
      fileURLToPath(new URL(name, import.meta.resolve("swagger-ui-dist/package.json"))),
    )
      .then(compress)
      .then((bytes) => new Uint8Array(bytes));
    // A failure is told to who asked, and not kept.
    known.catch(() => zipped.delete(name));
    zipped.set(name, known);
  }
  return known;
}

/** The document of the interface as a page that one can read and try, from this server alone. */
export function addDocsRoutes(app: OpenAPIHono<AppEnv>): void {
  app.get("/docs", (c) => c.html(page));
  app.get("/docs/:file", async (c) => {
    const name = c.req.param("file");
    if (name === "start.js") {
      return c.body(start, 200, { "content-type": "text/javascript; charset=utf-8" });
    }
    const type = files[name as keyof typeof files];
    if (!type) return problem(c, "not_found");
    return c.body(await zippedFile(name as keyof typeof files), 200, {
      "content-type": type,
      "content-encoding": "gzip",
      "cache-control": "public, max-age=86400",
    });
  });
}
