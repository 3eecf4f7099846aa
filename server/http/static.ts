import { open, type FileHandle } from "node:fs/promises";
import { extname, join } from "node:path";
import type { Context } from "hono";
import type { AppEnv } from "./parts.ts";
import { problem } from "./problem.ts";

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};

/** What the build writes beside a file, best first. */
const encodings = [
  { name: "br", suffix: ".br" },
  { name: "gzip", suffix: ".gz" },
] as const;

/** Where the build puts what changes its name with its content: `main-3f9a2c1b.js`, `inter-5.3.0.woff2`. */
const namedAnew = /^\/assets\//;
const notBuilt = "The client is not built yet. `npm start` builds it; then reload this page.\n";

/** Answers with the built client's files, compressed as they were built, and with index.html for its pages. */
export function serveClient(clientDir: string) {
  return async (c: Context<AppEnv>): Promise<Response> => {
    const path = pathOf(c.req.path);
    if (path === undefined || path.startsWith("/api/")) return problem(c, "not_found");

    const file = path === "/" ? undefined : await answerFile(c, clientDir, path);
    if (file) return file;
    if (!isPage(c, path)) return problem(c, "not_found");
    const index = await answerFile(c, clientDir, "/index.html");
    return index ?? c.text(notBuilt, 503, { "retry-after": "2" });
  };
}

/** The decoded path, unless it could lead out of the directory or to a hidden file. */
function pathOf(path: string): string | undefined {
  try {
    const decoded = decodeURIComponent(path);
    return /[\0\\]|\/\.|\/\//.test(decoded) ? undefined : decoded;
  } catch {
    return undefined; // Not UTF-8.
  }
}

/** A place in the client rather than a file that is missing. */
function isPage(c: Context, path: string): boolean {
  return extname(path) === "" || (c.req.header("accept") ?? "").includes("text/html");
}

async function answerFile(
  c: Context,
  clientDir: string,
  path: string,
): Promise<Response | undefined> {
  const type = types[extname(path)];
  if (type === undefined) return undefined; // Also for `.br` and `.gz` by their own names.

  const accepted = acceptedEncodings(c.req.header("accept-encoding") ?? "");
  const choices = [...encodings.filter(({ name }) => accepted(name)), { name: "", suffix: "" }];
  for (const { name, suffix } of choices) {
    const found = await readFile(join(clientDir, `${path}${suffix}`));
    if (!found) continue;

    const etag = `"${found.mtimeMs.toString(36)}-${found.bytes.byteLength.toString(36)}${name && `-${name}`}"`;
    const headers = {
      etag,
      vary: "accept-encoding",
      "cache-control": namedAnew.test(path) ? "public, max-age=31536000, immutable" : "no-cache",
    };
    if (tagsOf(c.req.header("if-none-match")).includes(etag)) return c.body(null, 304, headers);

    return c.body(found.bytes, 200, {
      ...headers,
      "content-type": type,
      ...(name && { "content-encoding": name }),
    });
  }
  return undefined;
}

/** Read whole: the client is small, and a build that replaces a file can't mix two versions. */
async function readFile(
  path: string,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; mtimeMs: number } | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const stat = await file.stat();
    if (!stat.isFile()) return undefined;
    return { bytes: new Uint8Array(await file.readFile()), mtimeMs: Math.floor(stat.mtimeMs) };
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ENAMETOOLONG") return undefined;
    throw error;
  } finally {
    await file?.close();
  }
}

/** RFC 9110, 12.5.3: what the client can read, without what it gives a weight of zero. */
function acceptedEncodings(header: string): (name: string) => boolean {
  const weights = new Map(
    header.split(",").map((part) => {
      const [name = "", ...parameters] = part.split(";").map((text) => text.trim().toLowerCase());
      const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? "1";
      return [name, Number(weight)];
    }),
  );
  return (name) => (weights.get(name) ?? weights.get("*") ?? 0) > 0;
}

function tagsOf(header: string | undefined): string[] {
  return (header ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
}
