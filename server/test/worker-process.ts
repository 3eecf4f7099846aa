import type { TestDatabase } from "./database.ts";
import { secretKey } from "./start-server.ts";

/** A worker in a process of its own, that can be killed and looked at. */
export interface WorkerProcess {
  readonly url: string;
  readonly pid: number;
  kill(): Promise<void>;
}

export async function startWorkerProcess(database: TestDatabase): Promise<WorkerProcess> {
  const ready = Promise.withResolvers<string>();
  const child = Bun.spawn(
    [process.execPath, new URL("../worker-process.ts", import.meta.url).pathname],
    {
      env: {
        ...process.env,
        DATABASE_URL: database.url,
        SECRET_KEY: secretKey,
        HOST: "127.0.0.1",
        PORT: "0",
        LOG_LEVEL: "error",
      },
      ipc: (message: { kind: string; url: string }) => ready.resolve(message.url),
      onExit: (_, code) => ready.reject(new Error(`the worker ended with ${code}`)),
      stdout: "ignore",
      stderr: "inherit",
    },
  );
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
