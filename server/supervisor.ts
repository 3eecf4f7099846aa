import { mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { buildClient } from "../client/build.ts";
import { setupLink } from "./auth/setup.ts";
import {
  type Config,
  defaultDataDir,
  type Env,
  envOf,
  moveData,
  prefixOf,
  type WorkerConfig,
} from "./config.ts";
import { prepareCluster, refuseForeign } from "./embedded/cluster.ts";
import { isLoopback, lanAddressOf } from "./embedded/lan.ts";
import { holdDirectory } from "./embedded/lock.ts";
import { findPlace, type Place } from "./embedded/place.ts";
import { type Plan, planWorkers } from "./embedded/plan.ts";
import { findPort } from "./embedded/port.ts";
import { EmbeddedPostgres } from "./embedded/postgres.ts";
import { EmbeddedRedis, findRedis, type RedisProgram } from "./embedded/redis.ts";
import { StartRefused } from "./embedded/refused.ts";
import { markOf } from "./embedded/processes.ts";
import { endLeftovers, readRunning, RunFile, type Running } from "./embedded/run-file.ts";
import { keepSecret } from "./embedded/secrets.ts";
import { type Ready, welcomeLines } from "./embedded/welcome.ts";
import { Workers } from "./embedded/workers.ts";
import { readTls } from "./engine/tls.ts";
import { systemClock } from "#lib/clock.ts";
import { within } from "#lib/wait.ts";
import { log, logNotice, logProgress, logStep } from "./observe/log.ts";
import { ensureDatabase, findDurabilityFault, openDatabase } from "./store/database.ts";
import { migrate } from "./store/migrate.ts";
import { watchSlowStatements } from "./store/slow-statements.ts";

/** Of the embedded PostgreSQL: what a worker opens at most, and some for scripts. */
const connections = { perWorker: 40, spare: 20 } as const;
const answerMsMax = 15_000; // Longer than it may take to connect.

/** Starts, watches and ends what Parley consists of. Never on the way of a message. */
export class Supervisor {
  readonly #version: string;
  readonly #env: Env;
  #config: Config;
  #postgres: EmbeddedPostgres | undefined;
  #redis: EmbeddedRedis | undefined;
  #workers: Workers | undefined;
  #runFile: RunFile | undefined;
  #restarts = 0;
  #stopWatching: (() => Promise<void>) | undefined;

  /** `env` is handed on to the workers, beneath what the configuration says. */
  constructor(config: Config, version: string, env: Env) {
    this.#config = config;
    this.#version = version;
    this.#env = env;
  }

  /** As it was given, but for the data directory, which may have moved. */
  get config(): Config {
    return this.#config;
  }

  /** Resolves when people can come in. Rejects with the reason; `end` then ends what had begun. */
  async start(): Promise<void> {
    const tls = await readTls(this.#config);
    if (tls && "mistake" in tls) throw new StartRefused(tls.mistake);

    const place = await this.#takeDataDir();
    const { dataDir, host, clientDir, publicUrl } = this.#config;
    const port = await findPort(host, this.#config.port);
    const scheme = tls ? "https" : "http";
    const url = publicUrl ?? `${scheme}://${nameOf(host)}:${port}`;
    this.#runFile = new RunFile(dataDir);
    this.#runFile.note({ url, supervisor: markOf(process.pid) });

    const plan = planWorkers({
      wanted: this.#config.workers,
      redisUrl: this.#config.redisUrl,
      cores: availableParallelism(),
      find: () => findRedis(this.#env["PATH"]),
    });
    const databaseUrl = this.#config.databaseUrl ?? (await this.#startPostgres(place, plan));
    await step("Database schema", () => prepareDatabase(databaseUrl, this.#config));
    await step("Client", () => buildClient(clientDir, prefixOf(this.#config)));
    const secretKey = this.#config.secretKey ?? keepSecret(dataDir, "secret-key");
    const redisUrl = this.#config.redisUrl ?? (plan.redis && (await this.#startRedis(plan.redis)));
    const { workers } = plan;
    await step("Server", () =>
      this.#startWorkers({
        ...this.#config,
        port,
        databaseUrl,
        secretKey,
        workers,
        ...(redisUrl !== undefined && { redisUrl }),
      }),
    );

    this.#stopWatching = watchStatements(databaseUrl);
    const link = await makeSetupLink(databaseUrl, url);
    // Behind a PUBLIC_URL people come by that, and by nothing else.
    const lan = publicUrl === undefined ? lanAddressOf(host) : undefined;
    tellReady({
      version: this.#version,
      url,
      link,
      dataDir,
      moved: place?.moved,
      missing: plan.missing,
      lanUrl: lan && `${scheme}://${lan}:${port}`,
      isAlone: publicUrl === undefined && isLoopback(host),
    });
  }

  /** Replaces the workers one after the other, which then read their certificate and their code anew. Safe at any time. */
  async restart(): Promise<void> {
    if (!this.#workers) return log.warn("There are no workers yet that could be replaced");

    const number = ++this.#restarts;
    this.#note({ restart: { number, state: "under way" } });
    log.info("The workers are replaced one after the other");
    const isDone = await this.#workers.restart();
    this.#note({ restart: { number, state: isDone ? "done" : "failed" } });
    if (isDone) log.info("All workers were replaced");
    else log.error("A new worker did not come up, and the old ones go on; the lines above say why");
  }

  /** Ends what runs: workers first, so that what they have accepted is stored, the databases last. */
  async end(): Promise<void> {
    await Promise.all([this.#workers?.drain(), this.#stopWatching?.()]);
    await Promise.all([this.#redis?.stop(), this.#postgres?.stop()]);
    this.#runFile?.remove();
  }

  /** From here on the data directory is ours alone, and nothing of an earlier start lives in it. */
  async #takeDataDir(): Promise<Place | undefined> {
    const isEmbedded = this.#config.databaseUrl === undefined;
    const place = isEmbedded ? await findPlace(this.#config.dataDir, defaultDataDir) : undefined;
    if (place) await refuseForeign(place.cluster);
    if (place?.moved) this.#config = moveData(this.#config, place.dataDir);

    const { dataDir } = this.#config;
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    if (!holdDirectory(dataDir)) {
      const where = readRunning(dataDir)?.url ?? "another process";
      throw new StartRefused(
        `Parley is already running at ${where} with the data in ${dataDir}: open that, or set DATA_DIR to another directory.`,
      );
    }
    await endLeftovers(dataDir);
    return place;
  }

  async #startPostgres(place: Place | undefined, { workers }: Plan): Promise<string> {
    if (!place) throw new Error("There is no place for an embedded PostgreSQL");

    const { cluster, dataDir } = place;
    const start = () =>
      EmbeddedPostgres.start({
        cluster,
        logPath: join(dataDir, "postgres.log"),
        runDir: dataDir,
        // One more than there are: while one is replaced.
        connectionsMax: connections.spare + connections.perWorker * (workers + 1),
        onKeeper: (keeper) => this.#note({ keeper }),
        onChange: (isUp, said) =>
          isUp
            ? log.info("PostgreSQL is back")
            : log.error("PostgreSQL ended by itself and is started again", { said }),
      });
    this.#postgres = await step(
      `PostgreSQL ${/^\d+\.\d+/.exec(cluster.binaries.version)?.[0]}`,
      async () => {
        await prepareCluster(cluster, (maker) => this.#note({ maker }));
        const postgres = await start();
        await ensureDatabase(postgres.url);
        return postgres;
      },
    );
    this.#runFile?.note({ databaseUrl: this.#postgres.url });
    return this.#postgres.url;
  }

  async #startRedis(program: RedisProgram): Promise<string> {
    this.#redis = await step(`Redis ${program.version}`, () =>
      EmbeddedRedis.start({
        program,
        runDir: this.#config.dataDir,
        onStart: (redis) => this.#note({ redis }),
        onEnd: () => log.error("Redis ended by itself and is started again"),
      }),
    );
    this.#note({ redisUrl: this.#redis.url });
    return this.#redis.url;
  }

  // A full disk must not end a server that runs: the next start then finds less to clear up by itself.
  #note(change: Partial<Running>): void {
    try {
      this.#runFile?.note(change);
    } catch (error) {
      log.warn("What runs could not be noted for the next start", { error });
    }
  }

  async #startWorkers(config: WorkerConfig): Promise<void> {
    this.#workers = new Workers({
      script: join(import.meta.dir, "worker-process.ts"),
      env: { ...this.#env, ...envOf(config) },
      count: config.workers ?? 1,
      onChange: (workers) => {
        this.#postgres?.setWorkers(workers);
        this.#note({ workers });
      },
    });
    if (await this.#workers.start()) return;
    throw new StartRefused("The server did not come up; the lines above say why.");
  }
}

/** What a browser on this machine calls the address that we listen on. */
function nameOf(host: string): string {
  if (["0.0.0.0", "::", "127.0.0.1", "::1"].includes(host)) return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}

/** Does one step of the start and says how long it took. */
async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  logProgress(name);
  const since = performance.now();
  const made = await work();
  logStep(name, performance.now() - since);
  return made;
}

async function prepareDatabase(url: string, { databaseDirectUrl }: Config): Promise<void> {
  const sql = openDatabase({ url, max: 1, name: "parley start" });
  try {
    const found = await within(
      answerMsMax,
      findDurabilityFault(sql).then((fault) => ({ fault })),
    );
    const reason = found
      ? found.fault
      : "The database does not answer: see to it, then start again.";
    if (reason !== undefined) throw new StartRefused(reason);
  } finally {
    await sql.end({ timeout: 1 });
  }
  await migrate(databaseDirectUrl ?? url);
}

async function makeSetupLink(databaseUrl: string, publicUrl: string): Promise<string | undefined> {
  const sql = openDatabase({ url: databaseUrl, max: 1, name: "parley start" });
  try {
    return await setupLink(sql, publicUrl);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** Tells of every statement on the database that takes too long; returns what ends that. */
function watchStatements(databaseUrl: string): () => Promise<void> {
  const sql = openDatabase({ url: databaseUrl, max: 1, name: "parley supervisor" });
  const stop = watchSlowStatements({
    sql,
    clock: systemClock,
    alarm: (slow) => log.error("a statement takes longer than 5 seconds", { ...slow }),
    unknown: (error) => log.debug("nobody can say which statements are slow", { error }),
  });
  return async () => {
    stop();
    await sql.end({ timeout: 1 });
  };
}

/** For machines the same as facts, without what is only for eyes. */
function tellReady(ready: Ready): void {
  const { isAlone: _, ...facts } = ready;
  const known = Object.entries(facts).filter(([, value]) => value !== undefined);
  logNotice(welcomeLines(ready), "Parley is ready", Object.fromEntries(known));
}
