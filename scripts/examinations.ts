/** What `npm run doctor` looks at: every part of an installation, how it stands, and what to do about it. */
import {
  accessSync,
  constants,
  existsSync,
  readdirSync,
  readFileSync,
  statfsSync,
  statSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { within } from "#lib/wait.ts";
import { subprotocols } from "#wire/version.ts";
import manifest from "../package.json";
import type { Config } from "../server/config.ts";
import { findBinaries } from "../server/embedded/binaries.ts";
import { findPort } from "../server/embedded/port.ts";
import { isAlive } from "../server/embedded/processes.ts";
import { sentenceFor } from "../server/embedded/sentence.ts";
import { openDatabase } from "../server/store/database.ts";
import { examine, type Examined } from "../server/store/examine.ts";
import type { OwnServer } from "./own-server.ts";

/** `bad` is what loses messages, lets somebody in or keeps it from running; `advice` what will hurt one day. */
export interface Finding {
  readonly state: "good" | "advice" | "bad";
  readonly says: string;
  readonly todo?: string;
}

/** What is examined. */
export interface Installation {
  readonly config: Config;
  readonly server: OwnServer;
  readonly now: () => number;
}

interface Examination {
  readonly part: string;
  readonly look: (it: Installation) => Promise<readonly Finding[]>;
}

export const thresholds = {
  diskBytes: { bad: 512 * 1024 ** 2, advice: 5 * 1024 ** 3 },
  /** Every person's socket takes one, and so does every connection to the database. */
  openFiles: { bad: 1_024, advice: 16_384 },
  clockMs: { bad: 60_000, advice: 1_000 },
  /** What one worker opens at most, migrations and scripts included. */
  connections: 40,
  postgresMajorMin: 15,
  secretCharsMin: 32,
  answerMs: { max: 5_000 },
} as const;

const good = (says: string): Finding => ({ state: "good", says });
const advice = (says: string, todo: string): Finding => ({ state: "advice", says, todo });
const bad = (says: string, todo: string): Finding => ({ state: "bad", says, todo });

export const examinations: readonly Examination[] = [
  { part: "Data directory", look: dataDirectory },
  { part: "Secrets", look: secrets },
  { part: "Open files", look: openFiles },
  { part: "Server", look: server },
  { part: "PostgreSQL", look: database },
  { part: "Redis", look: redis },
  { part: "Address", look: address },
];

async function dataDirectory({ server: { dataDir } }: Installation): Promise<Finding[]> {
  const place = existingPartOf(dataDir);
  const findings: Finding[] = [];
  try {
    accessSync(place, constants.W_OK | constants.X_OK);
    findings.push(
      place === dataDir
        ? good(`${dataDir} can be written.`)
        : good(`${dataDir} is not there yet; the first start makes it.`),
    );
  } catch {
    findings.push(
      bad(
        `${place} can't be written by this user.`,
        "Give this user the right to, or set DATA_DIR to another directory.",
      ),
    );
  }
  const { mode } = statSync(place);
  // Passing through is allowed: under root PostgreSQL's own user has to.
  if (place === dataDir && (mode & 0o066) !== 0) {
    findings.push(
      bad(`Other users of this machine can look into ${dataDir}.`, `chmod go-rw ${dataDir}`),
    );
  }
  const { bavail, bsize } = statfsSync(place);
  findings.push(disk(bavail * bsize));
  return findings;
}

/** How much is left, by `thresholds.diskBytes`. */
export function disk(bytes: number): Finding {
  const says = `${(bytes / 1024 ** 3).toFixed(1)} GiB are free on its disk.`;
  if (bytes < thresholds.diskBytes.bad) {
    return bad(says, "Make room: on a full disk nothing that is said can be kept.");
  }
  return bytes < thresholds.diskBytes.advice
    ? advice(says, "Make room before it is full.")
    : good(says);
}

async function secrets({ config, server: { dataDir } }: Installation): Promise<Finding[]> {
  const directory = join(dataDir, "secrets");
  if (!existsSync(directory)) {
    return [
      good(
        config.secretKey === undefined
          ? "None are kept yet; the first start makes them."
          : "SECRET_KEY is set.",
      ),
    ];
  }
  const faults = readdirSync(directory).flatMap((name): Finding[] => {
    const path = join(directory, name);
    const isOpen = (statSync(path).mode & 0o077) !== 0;
    const isShort = readFileSync(path, "utf8").trim().length < thresholds.secretCharsMin;
    return [
      ...(isOpen ? [bad(`Other users can read ${path}.`, `chmod 600 ${path}`)] : []),
      ...(isShort
        ? [bad(`${path} is too short to be a secret.`, "Remove it; the next start makes another.")]
        : []),
    ];
  });
  return faults.length > 0
    ? faults
    : [good(`Only their owner can read what lies in ${directory}.`)];
}

async function openFiles({ server: { running } }: Installation): Promise<Finding[]> {
  // The server's own limit where it runs: a service has another one than this terminal.
  const worker = running?.workers.find(isAlive);
  const found = limitOf(worker?.pid ?? process.pid);
  return found === undefined
    ? [good("This system does not say how many are allowed.")]
    : [openFilesOf(found)];
}

function limitOf(pid: number): number | undefined {
  const path = `/proc/${pid}/limits`;
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const [, soft] = /^Max open files\s+(\d+|unlimited)/m.exec(text) ?? [];
  if (soft === undefined) return undefined;
  return soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft);
}

/** How many may be open, by `thresholds.openFiles`. */
export function openFilesOf(limit: number): Finding {
  const says = `${limit === Number.POSITIVE_INFINITY ? "Any number" : limit.toLocaleString("en")} may be open at once.`;
  const todo =
    "Raise it (ulimit -n 65536, or LimitNOFILE=65536 in the service): everybody who is there takes one.";
  if (limit <= thresholds.openFiles.bad) return bad(says, todo);
  return limit < thresholds.openFiles.advice ? advice(says, todo) : good(says);
}

async function server({ config, server: own }: Installation): Promise<Finding[]> {
  const live = await ask(`${own.localUrl}/livez`);
  if (!live) {
    if (own.running?.url !== undefined && own.running.workers.some(isAlive)) {
      return [
        bad(
          `${own.localUrl} does not answer, though its processes live.`,
          "Look into its log, and start it again.",
        ),
      ];
    }
    const taken = await findPort(config.host, config.port).then(
      () => undefined,
      (error: Error) => error.message,
    );
    return taken === undefined
      ? [good(`It does not run; port ${config.port} is free.`)]
      : [bad("It does not run, and could not start.", taken)];
  }
  const instance = (await ask(`${own.localUrl}/api/v1/instance`)) as
    { version?: string } | undefined;
  if (instance?.version === undefined) {
    return [
      bad(
        `What answers at ${own.localUrl} is not Parley.`,
        `Stop that, or set PORT to another one, such as PORT=${config.port + 1}.`,
      ),
    ];
  }
  const ready = await fetch(`${own.localUrl}/readyz`, {
    signal: AbortSignal.timeout(thresholds.answerMs.max),
  });
  const { status } = (await ready.json()) as { status: string };
  return [
    good(`Parley ${instance.version} answers at ${own.localUrl}.`),
    ready.ok
      ? good("It is ready to work.")
      : bad(`It is not ready: ${status}.`, "See to what it names; it goes on by itself."),
    ...(instance.version === manifest.version
      ? []
      : [advice(`What lies here is ${manifest.version}.`, "Start it again to take that up.")]),
  ];
}

async function database({ config, server: own, now }: Installation): Promise<Finding[]> {
  if (own.databaseUrl === undefined) {
    return await findBinaries().then(
      ({ version }) => [
        good(`PostgreSQL ${version.split("-")[0]} of its own starts with it; it does not run now.`),
      ],
      (error: Error) => [bad("No PostgreSQL of its own can start.", error.message)],
    );
  }
  const findings = await examineAt(own.databaseUrl, config, now);
  const direct = config.databaseDirectUrl;
  if (direct === undefined) return findings;
  const past = await examineAt(direct, config, now);
  return [
    ...findings,
    ...past
      .filter(({ state }) => state === "bad")
      .map((each) => ({ ...each, says: `Past the pooler: ${each.says}` })),
  ];
}

async function examineAt(url: string, config: Config, now: () => number): Promise<Finding[]> {
  const sql = openDatabase({ url, max: 1, name: "parley doctor" });
  try {
    const found = await within(thresholds.answerMs.max, examine(sql, now));
    if (found) return databaseFindings(found);
    return [
      bad("It does not answer within 5 s.", "See to it; Parley goes on by itself when it is back."),
    ];
  } catch (error) {
    return [bad("It can't be asked.", sentenceFor(error, config))];
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** What a PostgreSQL's own facts say of it. */
export function databaseFindings(found: Examined): Finding[] {
  const { version, missing, unknown, lostTables, rows, clockAheadMs, connectionsMax } = found;
  const free = connectionsMax - found.connectionsOfOthers;
  const ahead = Math.abs(clockAheadMs);
  const clock = `Its clock is ${(ahead / 1_000).toFixed(1)} s ${clockAheadMs < 0 ? "behind" : "ahead of"} this machine's.`;
  const clockTodo = "Let both follow the same time server (timedatectl set-ntp true).";
  return [
    Number.parseInt(version, 10) >= thresholds.postgresMajorMin
      ? good(`PostgreSQL ${version} answers in ${found.answerMs.toFixed(1)} ms.`)
      : bad(`PostgreSQL ${version} is too old.`, `Use ${thresholds.postgresMajorMin} or newer.`),
    found.durabilityFault === undefined
      ? good("What it has confirmed survives a crash (fsync, full_page_writes).")
      : bad(
          found.durabilityFault,
          "alter system set fsync = on; alter system set full_page_writes = on;",
        ),
    ...(found.synchronousCommit === "off"
      ? [
          advice(
            "synchronous_commit is off for others; Parley turns it on for what it writes.",
            "Nothing, unless another program trusts it.",
          ),
        ]
      : []),
    free >= thresholds.connections
      ? good(`${connectionsMax} connections are allowed, others use ${found.connectionsOfOthers}.`)
      : bad(
          `Of ${connectionsMax} connections others use ${found.connectionsOfOthers}.`,
          `Raise max_connections so that ${thresholds.connections} are left for each process of Parley.`,
        ),
    unknown.length > 0
      ? bad(
          `A newer Parley has used this database (migration ${unknown.join(", ")}).`,
          "Start that version, or restore a backup from before it.",
        )
      : missing.length === 0
        ? good("Its schema is this version's.")
        : advice(`${missing.join(", ")} did not run yet.`, "Start Parley: it runs them first."),
    ...(lostTables.length > 0
      ? [
          bad(
            `Tables are gone: ${lostTables.join(", ")}.`,
            "Restore a backup; nothing can stand in for them.",
          ),
        ]
      : []),
    ...(Object.keys(rows).length > 0
      ? [
          good(
            `It holds about ${Object.entries(rows)
              .map(([name, count]) => `${count.toLocaleString("en")} ${name}`)
              .join(", ")}.`,
          ),
        ]
      : []),
    ahead >= thresholds.clockMs.bad
      ? bad(clock, clockTodo)
      : ahead >= thresholds.clockMs.advice
        ? advice(clock, clockTodo)
        : good("Its clock and this machine's agree."),
  ];
}

async function redis(): Promise<Finding[]> {
  return [good("One process serves everybody; it needs none.")];
}

async function address({
  config: { publicUrl, trustedProxies },
  server: own,
}: Installation): Promise<Finding[]> {
  if (publicUrl === undefined) {
    return [good(`Links name ${own.publicUrl}; PUBLIC_URL would give them another name.`)];
  }
  const isSecure = publicUrl.startsWith("https:");
  const findings = [
    isSecure
      ? good(`${publicUrl} is https.`)
      : advice(
          `${publicUrl} is plain http: passwords travel in the clear, and calls and notifications need https.`,
          "Put a proxy with a certificate in front.",
        ),
  ];
  if (isSecure && trustedProxies.length === 0) {
    findings.push(
      advice(
        "No proxy is trusted: everybody seems to come from the proxy's address, and shares its limits.",
        "Set TRUSTED_PROXIES to the proxy's address, such as TRUSTED_PROXIES=127.0.0.1.",
      ),
    );
  }
  return [...findings, ...(await throughProxy(publicUrl))];
}

/** The way that people take: a plain answer, a WebSocket, and a stream that nobody holds back. */
async function throughProxy(publicUrl: string): Promise<Finding[]> {
  const instance = (await ask(`${publicUrl}/api/v1/instance`)) as { version?: string } | undefined;
  if (instance?.version === undefined) {
    return [
      bad(
        `Parley does not answer at ${publicUrl}.`,
        "If it runs, let the proxy hand on all paths, and this machine resolve that name.",
      ),
    ];
  }
  const [opens, streams] = await Promise.all([opensWebSocket(publicUrl), streamsOne(publicUrl)]);
  return [
    good(`Parley answers at ${publicUrl}.`),
    opens
      ? good("WebSocket gets through.")
      : bad(
          "No WebSocket gets through: everybody falls back to HTTP.",
          "Let the proxy pass on Upgrade and Connection; see the README for nginx.",
        ),
    streams
      ? good("Streamed responses get through as they come.")
      : advice(
          "Streamed responses are held back until they end.",
          "Turn buffering off for /api/v1/stream (nginx: proxy_buffering off).",
        ),
  ];
}

async function opensWebSocket(publicUrl: string): Promise<boolean> {
  const socket = new WebSocket(`${publicUrl.replace(/^http/, "ws")}/ws`, subprotocols.binary);
  const { promise, resolve: settle } = Promise.withResolvers<boolean>();
  socket.addEventListener("open", () => settle(true));
  socket.addEventListener("error", () => settle(false));
  socket.addEventListener("close", () => settle(false));
  const opened = await within(thresholds.answerMs.max, promise);
  socket.close();
  return opened ?? false;
}

/** Its events are a fifth of a second apart; held back they come at once. */
async function streamsOne(publicUrl: string): Promise<boolean> {
  try {
    const response = await fetch(`${publicUrl}/api/v1/stream/test`, {
      signal: AbortSignal.timeout(thresholds.answerMs.max),
    });
    let pieces = 0;
    if (response.ok) for await (const _ of response.body!) pieces++;
    return pieces > 2;
  } catch {
    return false; // Not even to its end: held back as well.
  }
}

/** The JSON of a good answer, within the time that is given. */
async function ask(url: string): Promise<unknown> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(thresholds.answerMs.max) });
    return response.ok ? ((await response.json()) as unknown) : undefined;
  } catch {
    return undefined; // Nobody there, or nobody who speaks JSON: both are said by the caller.
  }
}

function existingPartOf(path: string): string {
  const whole = resolve(path);
  return existsSync(whole) ? whole : existingPartOf(dirname(whole));
}
