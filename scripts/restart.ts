/** Replaces the workers of the server that runs here, one after the other: for a renewed certificate, or new code of the same version. */
import { findWithin } from "#lib/wait.ts";
import { ConfigMistakes, readConfig } from "../server/config.ts";
import { isAlive } from "../server/embedded/processes.ts";
import { readRunning } from "../server/embedded/run-file.ts";
import { findOwnServer } from "./own-server.ts";

/** What the supervisor takes at most for one worker, and a little. */
const perWorkerMsMax = 35_000;

/** Resolves to a sentence once it is over; throws one where it was not done. */
async function restart(): Promise<string> {
  const { dataDir, running, workers } = findOwnServer(readConfig(process.env));
  const supervisor = running?.supervisor;
  if (!supervisor || !isAlive(supervisor)) {
    throw new Error("Parley does not run here: start it with `npm start`, or set DATA_DIR.");
  }
  const before = running.restart?.number ?? 0;
  process.kill(supervisor.pid, "SIGUSR2");
  const since = performance.now();
  const over = await findWithin(perWorkerMsMax * workers, () => {
    const { restart: found } = readRunning(dataDir) ?? {};
    return found && found.number > before && found.state !== "under way" ? found : undefined;
  });
  if (over?.state !== "done") {
    throw new Error(
      "A new worker did not come up, and the old ones go on: the server's log says why.",
    );
  }
  const seconds = ((performance.now() - since) / 1_000).toFixed(1);
  const what = workers === 1 ? "The worker was" : `${workers} workers were`;
  return `${what} replaced in ${seconds} s.`;
}

try {
  process.stdout.write(`${await restart()}\n`);
} catch (error) {
  const lines = error instanceof ConfigMistakes ? error.mistakes : [(error as Error).message];
  process.stderr.write(`${lines.join("\n")}\n`);
  process.exitCode = 1;
}
