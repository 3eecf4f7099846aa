import type { TestDatabase } from "./database.ts";
import { secretKey } from "./start-server.ts";

/** A worker in a process of its own, that can be killed and looked at. */
export interface WorkerProcess {
  readonly url: string;
  readonly pid: number;
  kill(): Promise<void>;
}

const program = [process.execPath, new URL("../worker-process.ts", import.meta.url).pathname];

interface StartOptions {
  /** As if by `ulimit -n`. */
  readonly openFilesMax?: number;
  /** With the pace of a server that nobody set up, which is far too slow for most tests. */
  readonly isPaced?: boolean;
}

export async function startWorkerProcess(
  database: TestDatabase,
  { openFilesMax, isPaced = false }: StartOptions = {},
): Promise<WorkerProcess> {
  const ready = Promise.withResolvers<string>();
  const limited = ["sh", "-c", `ulimit -n ${openFilesMax}; exec "$@"`, "sh", ...program];
  const child = Bun.spawn(openFilesMax === undefined ? program : limited, {
    env: {
      ...process.env,
      DATABASE_URL: database.url,
      SECRET_KEY: secretKey,
      HOST: "127.0.0.1",
      PORT: "0",
      LOG_LEVEL: "error",
      ...(!isPaced && { MESSAGES_PER_SECOND: "100000", COMMANDS_PER_SECOND: "100000" }),
    },
    ipc: (message: { kind: string; url: string }) => ready.resolve(message.url),
    onExit: (_, code) => ready.reject(new Error(`the worker ended with ${code}`)),
    stdout: "ignore",
    stderr: "inherit",
  });
  const url = await ready.promise;
  return {
    url,
    pid: child.pid,
    kill: async () => {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}
