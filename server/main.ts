import manifest from "../package.json";
import { type Config, ConfigMistakes, readConfig } from "./config.ts";
import { sentenceFor } from "./embedded/sentence.ts";
import { log, setLogLevel } from "./observe/log.ts";
import { Supervisor } from "./supervisor.ts";

const endMsMax = 4_800; // Whoever pressed Ctrl-C has their terminal back within 5 s.
const sameSignalMs = 1_000; // The terminal sends one to all, and the launcher passes its own on.

/**
 * The supervisor's process: reads the environment, starts everything, ends everything. Exits with 1 when there was no
 * start, after one sentence that says why and what to do.
 */
async function main(): Promise<void> {
  if (process.argv.includes("--version")) {
    process.stdout.write(`${manifest.version}\n`);
    return;
  }
  const config = readOrExit();
  setLogLevel(config.logLevel);
  const supervisor = new Supervisor(config, manifest.version, process.env);
  let endingSince: number | undefined;
  const end = async (): Promise<void> => {
    if (endingSince !== undefined) {
      if (performance.now() - endingSince > sameSignalMs) process.exit(1); // Asked twice: the keeper does the rest.
      return;
    }
    endingSince = performance.now();
    setTimeout(() => process.exit(1), endMsMax);
    await supervisor.end();
    process.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => void end());
  process.on("SIGUSR2", () => void supervisor.restart());
  // Our launcher was killed; nobody could end us any more.
  if (process.connected) process.on("disconnect", () => void end());

  try {
    await supervisor.start();
  } catch (error) {
    if (endingSince !== undefined) return;
    refuse(sentenceFor(error, supervisor.config), error);
    setTimeout(() => process.exit(1), endMsMax);
    await supervisor.end();
    process.exit(1);
  }
}

function readOrExit(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    const mistakes = error instanceof ConfigMistakes ? error.mistakes : [String(error)];
    for (const mistake of mistakes) log.error(mistake);
    process.exit(1);
  }
}

function refuse(sentence: string, error: unknown): void {
  log.error(sentence);
  log.debug("That came from", error);
}

await main();
