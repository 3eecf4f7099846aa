import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { resolve } from "node:path";

export type LogLevel = "debug" | "info" | "warn" | "error";

/** What the environment says, checked and frozen. Paths are absolute. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** The origin that people's browsers use, without a slash at its end. */
  readonly publicUrl?: string;
  readonly dataDir: string;
  /** Unset for a supervisor that is to start its own PostgreSQL. */
  readonly databaseUrl?: string;
  readonly databaseDirectUrl?: string;
  readonly trustedProxies: readonly string[];
  readonly logLevel: LogLevel;
  /** Unset for a supervisor that is to make one and keep it in the data directory. */
  readonly secretKey?: string;
  readonly clientDir: string;
}

/** What a worker is given: the supervisor has filled in what was left to it. */
export interface WorkerConfig extends Config {
  readonly databaseUrl: string;
  readonly secretKey: string;
}

export type Env = Readonly<Record<string, string | undefined>>;

/** Either the value, or what is wrong with the text, as the end of "NAME must be …". */
type Parsed<T> = { value: T } | { mistake: string };
type Parse<T> = (text: string) => Parsed<T>;

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

/** Where data lies when nobody says otherwise. */
export const defaultDataDir = resolve("data");

const levels: readonly LogLevel[] = ["debug", "info", "warn", "error"];
const secretCharsMin = 32; // 128 bits when it is hexadecimal.

const integer =
  (min: number, max: number): Parse<number> =>
  (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && min <= value && value <= max) return { value };
    return { mistake: `an integer from ${min} to ${max}` };
  };

const url =
  (schemes: readonly string[], example: string): Parse<string> =>
  (text) => {
    const scheme = URL.canParse(text) ? new URL(text).protocol.slice(0, -1) : "";
    return schemes.includes(scheme)
      ? { value: text }
      : { mistake: `an address such as ${example}` };
  };

const origin: Parse<string> = (text) => {
  const example = { mistake: "an address such as https://chat.example.org, without a path" };
  if (!URL.canParse(text)) return example;

  const parsed = new URL(text);
  const plain = parsed.pathname === "/" && parsed.search === "" && parsed.hash === "";
  return /^https?:$/.test(parsed.protocol) && plain ? { value: parsed.origin } : example;
};

const path: Parse<string> = (text) => ({ value: resolve(text) });

const addresses: Parse<readonly string[]> = (text) => {
  const value = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  return value.every(isNetwork)
    ? { value }
    : { mistake: "IP addresses or networks such as 10.0.0.0/8, separated by commas" };
};

const host: Parse<string> = (text) =>
  isIP(text) !== 0 || /^[a-z0-9.-]+$/i.test(text)
    ? { value: text }
    : { mistake: "a name or an IP address" };

const logLevel: Parse<LogLevel> = (text) => {
  const value = levels.find((level) => level === text);
  return value ? { value } : { mistake: `one of ${levels.join(", ")}` };
};

const secret: Parse<string> = (text) =>
  text.length >= secretCharsMin
    ? { value: text }
    : { mistake: `at least ${secretCharsMin} characters long` };

const postgres = url(
  ["postgres", "postgresql"],
  "postgres://parley:password@db.example.org/parley",
);

type SettingOf<Field extends keyof Config> = Setting<NonNullable<Config[Field]>>;

/** Every setting, in the order in which the documents list them. */
const settings: { readonly [Field in keyof Required<Config>]: SettingOf<Field> } = {
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
    says: "The address that people type, for links and for the check of `Origin`.",
    parse: origin,
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
  trustedProxies: {
    name: "TRUSTED_PROXIES",
    fallback: "",
    fallbackSays: "none",
    type: "list",
    says: "Addresses or networks of proxies whose `X-Forwarded-For` and `-Proto` are believed.",
    parse: addresses,
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
    const shown = /^\w{1,8}$|^[\w./:,-]{0,60}$/.test(text) && setting !== settings.secretKey;
    mistakes.push(`${setting.name} must be ${parsed.mistake}${shown ? `, not "${text}"` : ""}.`);
    return undefined;
  };
  const fields = Object.entries(settings).map(([field, setting]) => [
    field,
    read(setting as Setting<unknown>),
  ]);
  if (mistakes.length > 0) throw new ConfigMistakes(mistakes);

  const config = Object.fromEntries(fields.filter(([, value]) => value !== undefined));
  return Object.freeze({ clientDir: resolve(config.dataDir, "client"), ...config } as Config);
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
    return value === undefined ? [] : [[name, Array.isArray(value) ? value.join(",") : `${value}`]];
  });
  return Object.fromEntries(texts);
}

/** The table of the README. */
export function configTable(): string {
  const rows = Object.values(settings).map(({ name, type, fallback, fallbackSays, says }) => {
    const shown = fallbackSays ?? `\`${fallback}\``;
    return `| \`${name}\` | ${type} | ${shown} | ${says} |`;
  });
  return ["| Setting | Type | Default | What it does |", "|---|---|---|---|", ...rows].join("\n");
}

/** The text of `.env.example`: every setting, commented out. */
export function envExample(): string {
  const head = [
    "# No setting is required. Every setting X can also be given as X_FILE, the path of a file that holds it.",
    "# Bun reads this file when it is named .env; see the README for the same as a table.",
  ];
  const entries = Object.values(settings).map(
    ({ name, fallback, fallbackSays, says }) =>
      `\n# ${says.replaceAll("`", "")}${fallbackSays ? ` Default: ${fallbackSays.replaceAll("`", "")}.` : ""}\n` +
      `#${name}=${fallback ?? ""}`,
  );
  return `${[...head, ...entries].join("\n")}\n`;
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

function isNetwork(text: string): boolean {
  const [address = "", bits, ...rest] = text.split("/");
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  if (bits === undefined) return true;

  return /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128);
}
