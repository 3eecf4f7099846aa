/** `npm run load -- fanout --sockets 200`: measures one thing of a server that it starts for that; exits with 1 where a count is wrong. */
import { BenchServer } from "./bench-server.ts";
import { chooseCores, stayOnLoadCores } from "./cores.ts";
import { optionsText, readOptions } from "./options.ts";
import { complaintsText, isRight, reportText } from "./report.ts";
import type { AnyOptions, Scenario } from "./scenario.ts";
import { durable } from "./scenario/durable.ts";
import { fanout } from "./scenario/fanout.ts";
import { handshakes } from "./scenario/handshakes.ts";
import { idle } from "./scenario/idle.ts";
import { list } from "./scenario/list.ts";
import { presence } from "./scenario/presence.ts";
import { read } from "./scenario/read.ts";
import { reconnect } from "./scenario/reconnect.ts";
import { slowReaders } from "./scenario/slow-readers.ts";
import { stored } from "./scenario/stored.ts";
import { workerDeath } from "./scenario/worker-death.ts";

const scenarios: Record<string, Scenario> = {
  fanout,
  durable,
  idle,
  handshakes,
  "worker-death": workerDeath,
  reconnect,
  "slow-readers": slowReaders,
  presence,
  list,
  stored,
  read,
};

async function main([name = "", ...args]: readonly string[]): Promise<boolean> {
  const chosen = scenarios[name];
  if (!chosen) {
    console.log(usage());
    return false;
  }
  const options = readOptions<AnyOptions>(args, chosen.defaults);
  const cores = chooseCores(options);
  stayOnLoadCores(cores);
  await using server = await BenchServer.start({ ...options, cores });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => void server[Symbol.asyncDispose]().then(() => process.exit(130)));
  }
  const report = await chosen.measure({ server, cores }, options);
  console.log(reportText(name, options, cores, report));
  console.log(complaintsText(server));
  return isRight(report);
}

function usage(): string {
  const lines = Object.entries(scenarios).map(
    ([name, { asks, defaults }]) => `  ${name} ${optionsText(defaults)}\n      ${asks}`,
  );
  return ["npm run load -- <scenario> [options], with these defaults:", ...lines].join("\n");
}

const isRun = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return false;
});
process.exit(isRun ? 0 : 1);
