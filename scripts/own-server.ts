import { type Config, defaultDataDir } from "../server/config.ts";
import { sharedDir } from "../server/embedded/place.ts";
import { readRunning, type Running } from "../server/embedded/run-file.ts";

/** The server that the settings mean, as far as it can be found from here. */
export interface OwnServer {
  readonly dataDir: string;
  /** What the supervisor has noted; undefined where none runs on the data directory. */
  readonly running: Running | undefined;
  /** Of the settings, or of the embedded PostgreSQL while it runs. */
  readonly databaseUrl: string | undefined;
  /** The same of Redis; undefined where none is needed, or none runs now. */
  readonly redisUrl: string | undefined;
  /** How many serve now, or would as far as the settings say. */
  readonly workers: number;
  /** What links begin with. */
  readonly publicUrl: string;
  /** Where this machine reaches the server itself, past every proxy. */
  readonly localUrl: string;
}

export function findOwnServer(config: Config): OwnServer {
  const { databaseUrl, redisUrl, workers = 1, dataDir, publicUrl, host, port, tlsCert } = config;
  // Under root the default may have moved to where PostgreSQL's user can go.
  const places = dataDir === defaultDataDir ? [dataDir, sharedDir] : [dataDir];
  const place = places.find((each) => readRunning(each)?.url !== undefined) ?? dataDir;
  const running = readRunning(place);
  const name = ["0.0.0.0", "::"].includes(host) ? "127.0.0.1" : host;
  const scheme = tlsCert === undefined ? "http" : "https";
  const localUrl = `${scheme}://${name.includes(":") ? `[${name}]` : name}:${port}`;
  return {
    dataDir: place,
    running,
    databaseUrl: databaseUrl ?? running?.databaseUrl,
    redisUrl: redisUrl ?? running?.redisUrl,
    workers: running?.workers.length || workers,
    publicUrl: publicUrl ?? running?.url ?? `${scheme}://localhost:${port}`,
    localUrl: publicUrl === undefined ? (running?.url ?? localUrl) : localUrl,
  };
}
