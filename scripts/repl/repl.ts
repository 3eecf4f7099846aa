/** A prompt on the server that runs here, or on one that it starts for itself and ends again: `npm run repl`. */
import { join } from "node:path";
import repl from "node:repl";
import manifest from "../../package.json";
import { ConfigMistakes, readConfig } from "../../server/config.ts";
import { sentenceFor } from "../../server/embedded/sentence.ts";
import { keepSecret } from "../../server/embedded/secrets.ts";
import { setLogLevel } from "../../server/observe/log.ts";
import { openDatabase } from "../../server/store/database.ts";
import { Supervisor } from "../../server/supervisor.ts";
import { findOwnServer } from "../own-server.ts";
import { helpLines, makeAtHand } from "./at-hand.ts";

/** The server of these settings; where none runs, one that only this machine reaches, on any free port. */
async function findOrStart() {
  const config = readConfig(process.env);
  const found = findOwnServer(config);
  if (found.running?.url !== undefined) return { config, own: found, end: async () => undefined };

  setLogLevel("warn");
  const supervisor = new Supervisor(
    { ...config, host: "127.0.0.1", port: 0 },
    manifest.version,
    process.env,
  );
  await supervisor.start().catch(async (error: unknown) => {
    await supervisor.end();
    throw error;
  });
  return {
    config,
    own: findOwnServer(supervisor.config),
    end: () => supervisor.end(),
  };
}

const { config, own, end } = await findOrStart().catch((error: unknown) => {
  const lines = error instanceof ConfigMistakes ? error.mistakes : [sentenceFor(error, undefined)];
  process.stderr.write(`${lines.join("\n")}\n`);
  process.exit(1);
});
const sql = openDatabase({ url: own.databaseUrl!, max: 2, name: "parley repl" });
const secretKey = config.secretKey ?? keepSecret(own.dataDir, "secret-key");
const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
  prompt.displayPrompt(true);
};
const atHand = makeAtHand({ sql, url: own.localUrl, secretKey, print });

process.stdout.write(`Parley ${manifest.version} at ${own.localUrl}. At hand:\n`);
process.stdout.write(`${helpLines.map((line) => `  ${line}`).join("\n")}\n`);
const prompt = repl.start({ prompt: "parley> ", useGlobal: true });
Object.assign(globalThis, atHand.names);
Object.defineProperty(globalThis, "help", { get: () => print(helpLines.join("\n")) });
prompt.setupHistory(join(own.dataDir, "repl-history"), () => undefined);
prompt.on("exit", () => {
  void (async () => {
    await atHand.end();
    await sql.end({ timeout: 1 });
    await end();
    process.exit(0);
  })();
});
