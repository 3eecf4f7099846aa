import { expect, test } from "bun:test";
import { createServer, type AddressInfo } from "node:net";
import { reasonOf } from "../test/reason.ts";
import { findPort } from "./port.ts";

async function taken(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: close };
}

test("port 0 becomes a free port that every worker can be told", async () => {
  const port = await findPort("127.0.0.1", 0);
  expect(port).toBeGreaterThan(1023);
  expect(await findPort("127.0.0.1", port)).toBe(port);
});

test("a port that somebody has is refused with another one to try", async () => {
  await using other = await taken();
  expect(await reasonOf(findPort("127.0.0.1", other.port))).toContain(
    `Port ${other.port} is taken by another program: stop that, or set PORT to another one, such as PORT=${other.port + 1}.`,
  );
  expect(await reasonOf(findPort("0.0.0.0", other.port))).toContain("is taken by another program");
});

test("a port that a server shares is taken too: ours would share it without a word", async () => {
  const sharing = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    reusePort: true,
    fetch: () => new Response(),
  });
  expect(await reasonOf(findPort("127.0.0.1", sharing.port!))).toContain("is taken");
  await sharing.stop(true);
});

test("an address of another machine is refused", async () => {
  expect(await reasonOf(findPort("192.0.2.1", 0))).toContain(
    "HOST is 192.0.2.1, which is no address of this machine: set it to 0.0.0.0 for all of them.",
  );
});
