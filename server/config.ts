import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  addresses,
  host,
  integer,
  origins,
  type Parse,
  path,
  redis,
  secret,
  site,
  url,
  words,
  yesNo,
} from "./config-text.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

/** What the environment says, checked and frozen. Paths are absolute. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** Where people's browsers find this server, without a slash at its end. */
  readonly publicUrl?: string;
  readonly dataDir: string;
  /** Unset for a supervisor that is to start its own PostgreSQL. */
  readonly databaseUrl?: string;
  readonly databaseDirectUrl?: string;
  /** Unset where one process serves everybody. */
  readonly redisUrl?: string;
  /** Unset for a supervisor that is to use every core, as far as a Redis is there. */
  readonly workers?: number;
  readonly trustedProxies: readonly string[];
  /** Of one user, for long, on each worker. */
  readonly messagesPerSecond: number;
  readonly commandsPerSecond: number;
  /** Open at once, on each worker. */
  readonly socketsPerAddress: number;
  /** Both or neither: files in PEM, for a server that speaks https itself. */
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly logLevel: LogLevel;
  /** Unset for a supervisor that is to make one and keep it in the data directory. */
  readonly secretKey?: string;
  readonly clientDir: string;
  /** Tokens of a host application: a secret or an address of public keys, with issuer and audience. */
  readonly hostJwtSecret?: string;
  readonly hostJwksUrl?: string;
  readonly hostIssuer?: string;
  readonly hostAudience?: string;
  readonly hostRolesTrusted: boolean;
  /** Origins whose pages may call with a token of theirs. */
  readonly corsOrigins: readonly string[];
}

/** What a worker is given: the supervisor has filled in what was left to it. */
export interface WorkerConfig extends Config {
  readonly databaseUrl: string;
  readonly secretKey: string;
}

export type Env = Readonly<Record<string, string | undefined>>;

/** One setting, declared here and nowhere else: the table, `.env.example` and the reader all read this. */
export interface Setting<T> {
  readonly name: string;
  readonly fallback?: string;
  /** Stands in the table where the default is not a plain value. */
  readonly fallbackSays?: string;
  readonly type: string;
  readonly says: string;
  readonly parse: Parse<T>;
}

/** `iss` of this server's own access tokens. */
export const ownIssuer = "parley";

/** Where data lies when nobody says otherwise. */
export const defaultDataDir = resolve("data");

const levels: readonly LogLevel[] = ["debug", "info", "warn", "error"];

const logLevel: Parse<LogLevel> = (text) => {
  const value = levels.find((level) => level === text);
  return value ? { value } : { mistake: `one of ${levels.join(", ")}` };
};

const postgres = url(
  ["postgres", "postgresql"],
  "postgres://parley:password@db.example.org/parley",
);

type SettingOf<Field extends keyof Config> = Setting<NonNullable<Config[Field]>>;

/** Every setting, in the order in which the documents list them. */
export const settings: { readonly [Field in keyof Required<Config>]: SettingOf<Field> } = {
  port: {
    name: "PORT",
    fallback: "3000",
    type: "integer",
    says: "TCP port to listen on; 0 takes any free one.",
    parse: integer(0, 65_535),
  },
  host: {
    name: "HOST",
    fallback: "0.0.0.0",
    type: "address",
    says: "Address to listen on; 127.0.0.1 lets only this machine in.",
    parse: host,
  },
  publicUrl: {
    name: "PUBLIC_URL",
    fallbackSays: "where the server listens",
    type: "URL",
    says: "The address that people type, for links and for the check of `Origin`; it may have a path.",
    parse: site,
  },
  dataDir: {
    name: "DATA_DIR",
    fallback: "data",
    type: "path",
    says: "Directory of everything that Parley keeps: database, secrets, built client.",
    parse: path,
  },
  databaseUrl: {
    name: "DATABASE_URL",
    fallbackSays: "an embedded PostgreSQL",
    type: "URL",
    says: "PostgreSQL to use instead of the embedded one.",
    parse: postgres,
  },
  databaseDirectUrl: {
    name: "DATABASE_DIRECT_URL",
    fallbackSays: "`DATABASE_URL`",
    type: "URL",
    says: "The same PostgreSQL past its pooler; migrations use it.",
    parse: postgres,
  },
  redisUrl: {
    name: "REDIS_URL",
    fallbackSays: "one found on PATH, for several workers",
    type: "URL",
    says: "Redis (6.2 or newer) or Valkey that carries what one worker stores to the others at once: `redis://`, `rediss://`, `unix:/path`, `redis+sentinel://host,host/name`, or `redis+cluster://host,host` (7 or newer).",
    parse: redis,
  },
  workers: {
    name: "WORKERS",
    fallbackSays: "one per core where a Redis is there, else 1",
    type: "integer",
    says: "Processes that serve; more than one need `REDIS_URL`, or a `redis-server` or `valkey-server` on PATH.",
    parse: integer(1, 256),
  },
  trustedProxies: {
    name: "TRUSTED_PROXIES",
    fallback: "",
    fallbackSays: "none",
    type: "list",
    says: "Addresses or networks of proxies whose `X-Forwarded-For` and `-Proto` are believed.",
    parse: addresses,
  },
  messagesPerSecond: {
    name: "MESSAGES_PER_SECOND",
    fallback: "20",
    type: "integer",
    says: "Messages that one person may send per second for long; ten times as many at once.",
    parse: integer(1, 1_000_000),
  },
  commandsPerSecond: {
    name: "COMMANDS_PER_SECOND",
    fallback: "50",
    type: "integer",
    says: "The same of everything else that a client asks for.",
    parse: integer(1, 1_000_000),
  },
  socketsPerAddress: {
    name: "SOCKETS_PER_ADDRESS",
    fallback: "5000",
    type: "integer",
    says: "Connections that one address may hold on each worker; an office or a proxy is one address.",
    parse: integer(1, 1_000_000),
  },
  tlsCert: {
    name: "TLS_CERT",
    fallbackSays: "none",
    type: "path",
    says: "File with the certificate and its chain (PEM): the server then speaks https itself.",
    parse: path,
  },
  tlsKey: {
    name: "TLS_KEY",
    fallbackSays: "none",
    type: "path",
    says: "File with the certificate's key (PEM, without a passphrase).",
    parse: path,
  },
  logLevel: {
    name: "LOG_LEVEL",
    fallback: "info",
    type: levels.join(", "),
    says: "The least that is logged; `debug` adds stack traces.",
    parse: logLevel,
  },
  secretKey: {
    name: "SECRET_KEY",
    fallbackSays: "made at the first start",
    type: "text",
    says: "Signs access tokens; a new one signs everybody out within minutes.",
    parse: secret,
  },
  clientDir: {
    name: "CLIENT_DIR",
    fallbackSays: "`client` in `DATA_DIR`",
    type: "path",
    says: "Directory of the built client.",
    parse: path,
  },
  hostJwtSecret: {
    name: "HOST_JWT_SECRET",
    fallbackSays: "none",
    type: "text",
    says: "Secret with which a host application signs its users' tokens (HS256).",
    parse: secret,
  },
  hostJwksUrl: {
    name: "HOST_JWKS_URL",
    fallbackSays: "none",
    type: "URL",
    says: "Or where its public keys are (RS, PS, ES, EdDSA).",
    parse: url(["https", "http"], "https://app.example.org/.well-known/jwks.json"),
  },
  hostIssuer: {
    name: "HOST_ISSUER",
    fallbackSays: "none",
    type: "text",
    says: "`iss` of the host application's tokens.",
    parse: words,
  },
  hostAudience: {
    name: "HOST_AUDIENCE",
    fallbackSays: "none",
    type: "text",
    says: "`aud` of the host application's tokens.",
    parse: words,
  },
  hostRolesTrusted: {
    name: "HOST_ROLES_TRUSTED",
    fallback: "no",
    type: "yes, no",
    says: "Whether the host's `role` may make somebody an administrator.",
    parse: yesNo,
  },
  corsOrigins: {
    name: "CORS_ORIGINS",
    fallback: "",
    fallbackSays: "none",
    type: "list",
    says: "Origins of other pages that may call the HTTP interface and open sockets, with a token.",
    parse: origins,
  },
};

/** Settings that are wrong: each mistake is one sentence that names the setting and what it should be. */
export class ConfigMistakes extends Error {
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(mistakes.join("\n"));
    this.name = "ConfigMistakes";
    this.mistakes = mistakes;
  }
}

/**
 * Reads the environment once. Throws `ConfigMistakes` with every mistake at once. `X_FILE` names a file that holds
 * `X`; an empty value counts as unset. Deliberately makes nothing up: what is unset and has no default stays unset.
 */
export function readConfig(env: Env): Config {
  const mistakes: string[] = [];
  const read = <T>(setting: Setting<T>): T | undefined => {
    const text = textOf(env, setting.name, mistakes) ?? setting.fallback;
    if (text === undefined) return undefined;

    const parsed = setting.parse(text);
    if ("value" in parsed) return parsed.value;

    // A secret or a URL with a password must not end in a log.
    const isSecret = setting.parse === (secret as Parse<unknown>);
    const shown = !isSecret && /^\w{1,8}$|^[\w./:,-]{0,60}$/.test(text);
    mistakes.push(`${setting.name} must be ${parsed.mistake}${shown ? `, not "${text}"` : ""}.`);
    return undefined;
  };
  const fields = Object.entries(settings).map(([field, setting]) => [
    field,
    read(setting as Setting<unknown>),
  ]);
  if (mistakes.length > 0) throw new ConfigMistakes(mistakes);

  const config = Object.fromEntries(fields.filter(([, value]) => value !== undefined));
  const together = [...hostMistakes(config as Config), ...tlsMistakes(config as Config)];
  if (together.length > 0) throw new ConfigMistakes(together);
  return Object.freeze({ clientDir: resolve(config.dataDir, "client"), ...config } as Config);
}

/** What only the settings of a host application together can get wrong. */
function hostMistakes(config: Config): string[] {
  const { hostJwtSecret, hostJwksUrl, hostIssuer, hostAudience, secretKey } = config;
  const isOn = hostJwtSecret !== undefined || hostJwksUrl !== undefined;
  const mistakes: string[] = [];
  if (hostJwtSecret !== undefined && hostJwksUrl !== undefined) {
    mistakes.push(
      "HOST_JWT_SECRET and HOST_JWKS_URL exclude each other: set the one that is used.",
    );
  }
  if (hostJwtSecret !== undefined && hostJwtSecret === secretKey) {
    mistakes.push("HOST_JWT_SECRET must not be SECRET_KEY: the host could sign for this server.");
  }
  for (const [name, value] of [
    ["HOST_ISSUER", hostIssuer],
    ["HOST_AUDIENCE", hostAudience],
  ]) {
    if (isOn && value === undefined) {
      mistakes.push(`${name} must be set with HOST_JWT_SECRET or HOST_JWKS_URL.`);
    }
  }
  if (!isOn && (hostIssuer !== undefined || hostAudience !== undefined)) {
    mistakes.push("HOST_ISSUER and HOST_AUDIENCE need HOST_JWT_SECRET or HOST_JWKS_URL.");
  }
  if (hostIssuer === ownIssuer) {
    mistakes.push(`HOST_ISSUER must not be "${ownIssuer}": that is this server's own.`);
  }
  return mistakes;
}

function tlsMistakes({ tlsCert, tlsKey }: Config): string[] {
  return (tlsCert === undefined) === (tlsKey === undefined)
    ? []
    : ["TLS_CERT and TLS_KEY need each other: set both, or neither behind a proxy."];
}

/** Reads what the supervisor hands to a worker; there the database and the key are no longer a choice. */
export function readWorkerConfig(env: Env): WorkerConfig {
  const config = readConfig(env);
  const { databaseUrl, secretKey } = config;
  if (databaseUrl !== undefined && secretKey !== undefined) {
    return Object.freeze({ ...config, databaseUrl, secretKey });
  }
  throw new ConfigMistakes(["A worker needs DATABASE_URL and SECRET_KEY; `npm start` sets both."]);
}

/** The path of PUBLIC_URL, beneath which browsers find everything: `/chat`, or nothing. */
export function prefixOf({ publicUrl }: Pick<Config, "publicUrl">): string {
  return publicUrl === undefined ? "" : new URL(publicUrl).pathname.replace(/\/$/, "");
}

/**
 * A request's path without that prefix. A proxy may strip it or leave it: what does not begin with it is taken as it is.
 */
export function pathBeneath(prefix: string, asked: string): string {
  if (prefix === "" || !`${asked}/`.startsWith(`${prefix}/`)) return asked;
  return asked.slice(prefix.length) || "/";
}

/** The same configuration with its data elsewhere; what lay in the old directory by default goes along. */
export function moveData(config: Config, dataDir: string): Config {
  const isInside = config.clientDir === resolve(config.dataDir, "client");
  const clientDir = isInside ? resolve(dataDir, "client") : config.clientDir;
  return Object.freeze({ ...config, dataDir, clientDir });
}

/** The environment that makes `readWorkerConfig` read this very configuration. */
export function envOf(config: Config): Record<string, string> {
  const texts = Object.entries(settings).flatMap(([field, { name }]) => {
    const value = config[field as keyof Config];
    return value === undefined ? [] : [[name, textOfValue(value)]];
  });
  return Object.fromEntries(texts);
}

function textOfValue(value: NonNullable<Config[keyof Config]>): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "object" ? value.join(",") : `${value}`;
}

function textOf(env: Env, name: string, mistakes: string[]): string | undefined {
  const file = env[`${name}_FILE`];
  if (env[name]) return env[name];
  if (!file) return undefined;

  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    mistakes.push(`${name}_FILE names ${file}, which can't be read.`);
    return undefined;
  }
}
