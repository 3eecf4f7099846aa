/** A worker as a process of its own: told to begin by its environment, and to end by the supervisor, or by the supervisor's end. */
import { readWorkerConfig } from "./config.ts";
import { log, setLogLevel } from "./observe/log.ts";
import { startWorker, type Worker } from "./worker.ts";

let worker: Worker | undefined;

async function end(): Promise<void> {
  await worker?.drain();
  process.exit(0);
}

// From the beginning: what stands still, or is to end, before it serves anybody is noticed too.
process.on("message", (order: { kind?: unknown }) => {
  if (order.kind === "drain") void end();
  // That it is heard at all says that the loop turns.
  if (order.kind === "pulse") process.send?.({ kind: "pulse" });
});
process.on("disconnect", () => void end());

async function main(): Promise<void> {
  const config = readWorkerConfig(process.env);
  setLogLevel(config.logLevel);
  worker = await startWorker(config);
  // A terminal or a service manager signals everybody; while there is a supervisor, it says when to drain.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      if (!process.connected) void end();
    });
  }
  process.send?.({ kind: "ready", url: worker.url });
}

await main().catch((error: unknown) => {
  log.error("the worker could not start", { error });
  process.exit(1);
});
