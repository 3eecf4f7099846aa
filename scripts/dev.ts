/** Everything up for whoever works on Parley: with people in it, restarted when a file changes. Its data lies in `data/dev`. */
import { watch } from "node:fs";
import { people } from "../server/test/people.ts";
import { seed } from "./seed.ts";

const changeMs = 150; // An editor saves in several steps.
const env: NodeJS.ProcessEnv = { DATA_DIR: "data/dev", HOST: "127.0.0.1", ...process.env };

/** What the supervisor has said since it was started last, without the colours. */
let said = "";
let child = start();
let stopping = false;

// It gets a terminal of its own: it speaks to people, and Ctrl-C reaches it through us.
function start() {
  said = "";
  return Bun.spawn([process.execPath, "server/main.ts"], {
    env,
    terminal: {
      cols: process.stdout.columns || 120,
      data: (_terminal, bytes) => {
        process.stdout.write(bytes);
        said += Bun.stripANSI(new TextDecoder().decode(bytes));
      },
    },
  });
}

/** Resolves with the origin when the server is ready; undefined when it has ended before. */
async function ready(): Promise<string | undefined> {
  const origin = `http://localhost:${env["PORT"] ?? 3000}`;
  while (child.exitCode === null) {
    const answered = await fetch(`${origin}/readyz`).catch(() => undefined);
    if (answered?.ok) return origin;
    await Bun.sleep(100);
  }
  return undefined;
}

async function welcome(): Promise<void> {
  const origin = await ready();
  if (!origin) return;
  const { setUp } = (await (await fetch(`${origin}/api/v1/instance`)).json()) as { setUp: boolean };
  const link = /\S+\/setup#code=\S+/.exec(said)?.[0];
  if (!setUp && link) await seed(origin, link);
  const logins = [people.ada, people.grace].map(({ email, password }) => `  ${email}  ${password}`);
  console.log(`\n${origin}\n${logins.join("\n")}\n`);
}

async function stop(): Promise<void> {
  child.kill("SIGTERM");
  await child.exited;
}

let restarting: Promise<void> | undefined;
let timer: Timer | undefined;

async function restart(path: string): Promise<void> {
  console.log(`\n${path} changed.`);
  await stop();
  if (stopping) return;
  child = start();
  await welcome();
}

for (const house of ["server", "client", "sql"]) {
  watch(house, { recursive: true }, (_event, name) => {
    if (!name || !/\.(tsx?|css|html|sql|po)$/.test(name) || /\.(test|browser|verify)\./.test(name))
      return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      restarting = (restarting ?? Promise.resolve()).then(() => restart(`${house}/${name}`));
    }, changeMs);
  });
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    stopping = true;
    void stop().then(() => process.exit(0));
  });
}

await welcome();
