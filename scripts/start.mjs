// `npm start`, on a machine that has nothing but Node and npm: finds or gets Bun, installs what production needs, and
// runs the supervisor with this terminal, these signals and its exit code.
import { spawn } from "node:child_process";
import { findBun, install, root } from "./bun.mjs";

const isTerminal = process.stdout.isTTY === true;
const clearLine = "\r\u001b[2K";
const quickMs = 300; // What takes no longer is not worth a line.

/** As server/observe/log.ts does it: a line with its time on a terminal, JSON elsewhere. */
function step(name, work) {
  if (isTerminal) process.stdout.write(`${name} …`);
  const since = performance.now();
  const made = work();
  const ms = Math.round(performance.now() - since);
  if (isTerminal) process.stdout.write(clearLine);
  if (ms < quickMs) return made;

  const time = new Date().toISOString();
  const line = isTerminal
    ? `${name.padEnd(44)}${(ms / 1000).toFixed(1).padStart(5)} s`
    : JSON.stringify({ level: "info", time, ms, msg: name });
  process.stdout.write(`${line}\n`);
  return made;
}

function refuse(sentence) {
  const time = new Date().toISOString();
  const line = isTerminal
    ? `${clearLine}error: ${sentence}`
    : JSON.stringify({ level: "error", time, msg: sentence });
  process.stdout.write(`${line}\n`);
  process.exit(1);
}

/** The supervisor ends when the channel between us closes: killed with -9, we take it along. */
function supervise(bun) {
  const child = spawn(bun, ["server/main.ts", ...process.argv.slice(2)], {
    cwd: root,
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGUSR2"])
    process.on(signal, () => child.kill(signal));
  child.on("error", (error) => refuse(`Bun can't be run: ${error.message}.`));
  child.on("exit", (code) => process.exit(code ?? 1));
  endWithNpm(() => child.disconnect());
}

// npm killed with -9 tells nobody; a shell that ends beside `nohup npm start` leaves npm alive.
function endWithNpm(end) {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const everyMs = 1_000;
  setInterval(() => process.ppid === parent || end(), everyMs).unref();
}

try {
  const bun = step("Bun", () => findBun());
  step("Dependencies", () => install(bun, { production: true }));
  supervise(bun);
} catch (error) {
  refuse(process.env.LOG_LEVEL === "debug" ? error.message : error.message.split("\n")[0]);
}
