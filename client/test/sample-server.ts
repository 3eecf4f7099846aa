/** The views around the sample model, built as for people and served under the policy of the real server. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPage } from "../build.ts";

/** `server/http/headers.ts` has the same; nothing inline and nothing evaluated is what the views must live with. */
const policy = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join("; ");

export interface SampleServer extends AsyncDisposable {
  readonly url: string;
}

export async function startSampleServer(): Promise<SampleServer> {
  const folder = await mkdtemp(join(tmpdir(), "parley-views-"));
  await buildPage(folder, join(import.meta.dir, "sample-page.tsx"));
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname } = new URL(request.url);
      const asset = pathname.startsWith("/assets/") ? pathname : "/index.html";
      const file = Bun.file(join(folder, asset));
      if (!(await file.exists())) return new Response("", { status: 404 });
      return new Response(file, { headers: { "content-security-policy": policy } });
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    async [Symbol.asyncDispose]() {
      await server.stop(true);
      await rm(folder, { recursive: true });
    },
  };
}
