/** Everything up for whoever works on Parley: with people in it, restarted when a file changes. Its data lies in `data/dev`. */
import { watch } from "node:fs";
import { people } from "../server/test/people.ts";
import { seed } from "./seed.ts";

const changeMs = 150; // An editor saves in several steps.
const env: NodeJS.ProcessEnv = { DATA_DIR: "data/dev", HOST: "127.0.0.1", ...process.env };

interface Supervisor {
  readonly child: Bun.Subprocess;
  /** Its address and, where nobody is its owner yet, the set-up link; undefined when it ended before it was there. */
  readonly started: Promise<{ origin: string; setupLink: string | undefined } | undefined>;
}

/** It gets a terminal of its own: it speaks to people, and Ctrl-C reaches it through us. */
function start(): Supervisor {
  const { promise: started, resolve } = Promise.withResolvers<Awaited<Supervisor["started"]>>();
  const decoder = new TextDecoder();
  let said = "";
  const child = Bun.spawn([process.execPath, "server/main.ts"], {
    env,
    terminal: {
      cols: process.stdout.columns || 120,
      data: (_terminal, bytes) => {
        process.stdout.write(bytes);
        said += Bun.stripANSI(decoder.decode(bytes, { stream: true }));
        const origin = /is at\s+(http\S+)/.exec(said)?.[1];
        const setupLink = /\S+\/setup#code=\S+/.exec(said)?.[0];
        if (origin && said.includes("Ctrl-C")) resolve({ origin, setupLink });
      },
    },
    onExit: () => resolve(undefined),
  });
  return { child, started };
}

let supervisor = start();
let stopping = false;

async function welcome(): Promise<void> {
  const there = await supervisor.started;
  if (!there) return;
  const { origin, setupLink } = there;
  if (setupLink) await seed(origin, setupLink);
  const logins = [people.ada, people.grace].map(({ email, password }) => `  ${email}  ${password}`);
  console.log(`\n${origin}\n${logins.join("\n")}\n`);
}

async function stop(): Promise<void> {
  supervisor.child.kill("SIGTERM");
  await supervisor.child.exited;
}

let restarting: Promise<void> | undefined;
let timer: Timer | undefined;

async function restart(path: string): Promise<void> {
  console.log(`\n${path} changed.`);
  await stop();
  if (stopping) return;
  supervisor = start();
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
