import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  ConfigMistakes,
  defaultDataDir,
  envOf,
  moveData,
  pathBeneath,
  prefixOf,
  readConfig,
  readWorkerConfig,
} from "./config.ts";
import { configTable, envExample } from "./config-documents.ts";
import { policy } from "./http/policy.ts";
import { temporaryDirectory } from "./test/directory.ts";

function mistakesOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigMistakes) return error.mistakes;
    throw error;
  }
}

const secretKey = "0123456789abcdef0123456789abcdef";

test("nothing has to be set", () => {
  const config = readConfig({});
  expect(config).toEqual({
    port: 3000,
    host: "0.0.0.0",
    dataDir: defaultDataDir,
    trustedProxies: [],
    messagesPerSecond: 20,
    commandsPerSecond: 50,
    socketsPerAddress: 5_000,
    logLevel: "info",
    clientDir: join(defaultDataDir, "client"),
    hostRolesTrusted: false,
    corsOrigins: [],
  });
  expect(Object.isFrozen(config)).toBe(true);
});

test("every mistake is told at once, each by the name of its setting", () => {
  const wrong = {
    PORT: "70000",
    HOST: "a b",
    PUBLIC_URL: "https://chat.example.org/?path",
    DATABASE_URL: "mysql://db/parley",
    TRUSTED_PROXIES: "10.0.0.0/33",
    LOG_LEVEL: "loud",
    SECRET_KEY: "short",
  };
  const mistakes = mistakesOf(wrong);
  expect(mistakes.map((mistake) => mistake.split(" ")[0])).toEqual(Object.keys(wrong));
  expect(mistakes[0]).toBe('PORT must be an integer from 0 to 65535, not "70000".');
});

test.each(["0x10", "1e3", "-1", "3000 ", "3.5", "65536"])("PORT=%p is no port", (text) => {
  expect(mistakesOf({ PORT: text })).toHaveLength(1);
});

test("an empty value counts as unset", () => {
  expect(readConfig({ PORT: "", DATABASE_URL: "" })).toEqual(readConfig({}));
});

test("a mistake does not repeat a password or a key", () => {
  const mistakes = mistakesOf({
    DATABASE_URL: "http://parley:hunter2@db/parley",
    SECRET_KEY: "hunter2",
  });
  expect(mistakes).toHaveLength(2);
  expect(mistakes.join()).not.toContain("hunter2");
});

test("every setting can be given as the name of a file that holds it", () => {
  using directory = temporaryDirectory();
  const file = join(directory.path, "key");
  writeFileSync(file, `${secretKey}\n`);
  expect(readConfig({ SECRET_KEY_FILE: file }).secretKey).toBe(secretKey);
  expect(mistakesOf({ SECRET_KEY_FILE: `${file}.gone` })).toEqual([
    `SECRET_KEY_FILE names ${file}.gone, which can't be read.`,
  ]);
});

test("an origin loses its slash, proxies are taken apart, a path becomes absolute", () => {
  const config = readConfig({
    PUBLIC_URL: "https://Chat.example.org/",
    TRUSTED_PROXIES: "127.0.0.1, 10.0.0.0/8,fd00::/8",
    DATA_DIR: "elsewhere",
  });
  expect(config.publicUrl).toBe("https://chat.example.org");
  expect(config.trustedProxies).toEqual(["127.0.0.1", "10.0.0.0/8", "fd00::/8"]);
  expect(config.dataDir).toBe(resolve("elsewhere"));
  expect(config.clientDir).toBe(resolve("elsewhere/client"));
});

test("S14: PUBLIC_URL may have a path, if none of Parley's own, and only names", () => {
  const urlOf = (PUBLIC_URL: string) => readConfig({ PUBLIC_URL }).publicUrl;
  expect(urlOf("https://Example.org/Chat/")).toBe("https://example.org/Chat");
  expect(urlOf("https://example.org/tools/chat")).toBe("https://example.org/tools/chat");
  expect(urlOf("https://example.org/apis")).toBe("https://example.org/apis");
  for (const path of ["api", "c/x", "ws/", "a//b", "a%20b", "a#b", "a?b"]) {
    expect(mistakesOf({ PUBLIC_URL: `https://example.org/${path}` })).toHaveLength(1);
  }
});

test("S14: no path of ours, of a route or of a page, may begin that of PUBLIC_URL", async () => {
  const router = await Bun.file("client/view/router.ts").text();
  const pages = Array.from(router.matchAll(/^ {2}"\/([\w-]+)": "/gm), ([, name]) => name!);
  const routes = Object.keys(policy).flatMap((route) => /\/([\w.-]+)/.exec(route)?.[1] ?? []);
  expect(pages).toContain("signin");
  expect(routes).toContain("api");
  for (const name of [...pages, ...routes, "assets", "c", "ws"]) {
    expect([name, mistakesOf({ PUBLIC_URL: `https://example.org/${name}` })]).toEqual([
      name,
      [expect.stringContaining("none of Parley's own")],
    ]);
  }
});

test("a prefix is taken from a path that has it, whether or not a proxy did so before", () => {
  const prefix = prefixOf({ publicUrl: "https://example.org/chat" });
  expect(prefix).toBe("/chat");
  expect(pathBeneath(prefix, "/chat/api/v1/instance")).toBe("/api/v1/instance");
  expect(pathBeneath(prefix, "/api/v1/instance")).toBe("/api/v1/instance");
  expect(pathBeneath(prefix, "/chat")).toBe("/");
  expect(pathBeneath(prefix, "/chat/")).toBe("/");
  expect(pathBeneath(prefix, "/chatter")).toBe("/chatter");
  expect(pathBeneath(prefix, "/chat/chat")).toBe("/chat");
  for (const publicUrl of ["https://example.org", undefined]) {
    expect(pathBeneath(prefixOf({ ...(publicUrl && { publicUrl }) }), "/chat")).toBe("/chat");
  }
});

test("a worker reads exactly what the supervisor has", () => {
  const config = {
    ...readConfig({ PORT: "0", TRUSTED_PROXIES: "::1,10.0.0.0/8", LOG_LEVEL: "debug" }),
    port: 4000,
    databaseUrl: "postgres://parley@localhost/parley?host=%2Ftmp%2Fa%20b",
    secretKey,
  };
  expect(readWorkerConfig(envOf(config))).toEqual(config);
  expect(() => readWorkerConfig({ SECRET_KEY: secretKey })).toThrow(ConfigMistakes);
});

test("the built client moves with the data, unless it was put somewhere", () => {
  expect(moveData(readConfig({ DATA_DIR: "/a" }), "/b").clientDir).toBe("/b/client");
  const config = readConfig({ DATA_DIR: "/a", CLIENT_DIR: "/c" });
  expect(moveData(config, "/b")).toMatchObject({ dataDir: "/b", clientDir: "/c" });
});

test(".env.example and the README's table say what the settings are", async () => {
  expect(await Bun.file(".env.example").text()).toBe(envExample());
  const readme = await Bun.file("README.md").text();
  const table = /<!-- configuration -->\n(.*)<!-- \/configuration -->/s.exec(readme)?.[1];
  expect(table).toBe(`${configTable()}\n`);
});

test(".env.example sets nothing, and every setting of it is read", () => {
  const lines = envExample().split("\n");
  expect(lines.every((line) => line === "" || line.startsWith("#"))).toBe(true);
  const names = lines.flatMap((line) => /^#([A-Z_]+)=/.exec(line)?.[1] ?? []);
  expect(names).toContain("PORT");
  const filled = Object.fromEntries(names.map((name) => [name, "\u0000"]));
  expect(mistakesOf(filled).length).toBeGreaterThanOrEqual(names.length - 4); // Four are paths: any text is one.
});

test("S2: a host application needs one kind of key, an issuer and an audience, and nothing of this server's own", () => {
  const host = { HOST_ISSUER: "https://app.example.org", HOST_AUDIENCE: "parley" };
  const secret = "another secret of thirty-two characters";
  const jwks = "https://app.example.org/jwks.json";
  expect(mistakesOf({ ...host, HOST_JWT_SECRET: secret })).toEqual([]);
  expect(mistakesOf({ ...host, HOST_JWKS_URL: jwks })).toEqual([]);
  const wrong: [Record<string, string>, RegExp][] = [
    [{ HOST_JWT_SECRET: secret }, /HOST_ISSUER must be set.*/],
    [{ ...host, HOST_JWT_SECRET: secret, HOST_JWKS_URL: jwks }, /exclude each other/],
    [{ ...host, HOST_JWT_SECRET: secretKey, SECRET_KEY: secretKey }, /must not be SECRET_KEY/],
    [{ ...host, HOST_ISSUER: "parley", HOST_JWT_SECRET: secret }, /this server's own/],
    [host, /need HOST_JWT_SECRET or HOST_JWKS_URL/],
    [{ ...host, HOST_JWT_SECRET: "short" }, /at least 32 characters long\.$/],
    [{ ...host, HOST_JWKS_URL: "jwks.json" }, /HOST_JWKS_URL must be an address/],
    [{ HOST_ROLES_TRUSTED: "maybe" }, /HOST_ROLES_TRUSTED must be yes or no, not "maybe"/],
  ];
  for (const [env, sentence] of wrong) {
    expect(mistakesOf(env).join(" ")).toMatch(sentence);
    expect(mistakesOf(env).join(" ")).not.toContain(secret);
  }
});

test("S14: a certificate needs its key, and a key its certificate", () => {
  const both = { TLS_CERT: "/etc/a.pem", TLS_KEY: "/etc/a.key" };
  expect(readConfig(both)).toMatchObject({ tlsCert: "/etc/a.pem", tlsKey: "/etc/a.key" });
  for (const one of [{ TLS_CERT: both.TLS_CERT }, { TLS_KEY: both.TLS_KEY }]) {
    expect(mistakesOf(one)).toEqual([
      "TLS_CERT and TLS_KEY need each other: set both, or neither behind a proxy.",
    ]);
  }
});

test("S9: CORS_ORIGINS is a list of origins without paths", () => {
  const read = readConfig({ CORS_ORIGINS: "https://a.example.org, http://localhost:5173" });
  expect(read.corsOrigins).toEqual(["https://a.example.org", "http://localhost:5173"]);
  expect(mistakesOf({ CORS_ORIGINS: "https://a.example.org/path" })).toHaveLength(1);
  expect(mistakesOf({ CORS_ORIGINS: "*" })).toHaveLength(1);
});
