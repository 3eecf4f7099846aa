import { expect, test } from "bun:test";
import { testDatabase } from "../test/database.ts";
import { startProxy } from "../test/proxy.ts";

/** A process that queries through the proxy while its connection breaks after so many bytes of the server. */
async function runThrough(url: string, guarded: boolean): Promise<number> {
  const script = `
    import { openDatabase } from ${JSON.stringify(`${import.meta.dir}/database.ts`)};
    import { isDriverFault } from ${JSON.stringify(`${import.meta.dir}/driver-fault.ts`)};
    if (${guarded}) process.on("unhandledRejection", (reason) => { if (!isDriverFault(reason)) throw reason; });
    const sql = openDatabase({ url: process.argv[1], max: 1 });
    await sql\`select 1\`.catch(() => undefined);
    await sql\`select 1\`;
    await sql.end();`;
  const child = Bun.spawn([process.execPath, "-e", script, url], { stderr: "pipe" });
  return child.exited;
}

test("a connection that breaks while it opens ends no process that knows of the driver's fault", async () => {
  await using database = await testDatabase();
  using proxy = startProxy(database.url);
  const url = proxy.through(database.url);
  // Behind the greeting of some 500 bytes comes the answer about array types, of some thousands.
  void proxy.cutAfter(2_000);
  expect(await runThrough(url, false)).not.toBe(0);
  void proxy.cutAfter(2_000);
  expect(await runThrough(url, true)).toBe(0);
});
