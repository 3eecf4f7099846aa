import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { findWithin } from "#lib/wait.ts";
import { findPort } from "../embedded/port.ts";
import { makeCertificate, type TestCertificate } from "./certificate.ts";
import { temporaryDirectory } from "./directory.ts";

/** Whether this machine has one. */
export const hasNginx = Bun.which("nginx") !== null;

/** nginx in front of a server, at `parley.test`. */
export interface Nginx extends AsyncDisposable {
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly certificate: TestCertificate;
}

const samplePath = join(import.meta.dir, "../../docs/nginx.conf");
const readyMsMax = 5_000;

/** The sample that the README offers, with a test's name, ports and certificate; a change that finds no place throws. */
function configOf(changes: readonly (readonly [from: string | RegExp, to: string])[]): string {
  return changes.reduce(
    (text, [from, to]) => {
      const changed = text.replaceAll(from, to);
      if (changed === text) throw new Error(`docs/nginx.conf has no ${String(from)}`);
      return changed;
    },
    readFileSync(samplePath, "utf8"),
  );
}

/** What a machine's own nginx.conf brings, for one that any user may start and that leaves nothing behind. */
function frameOf(directory: string): string {
  const places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${directory}/${name};`,
  );
  const isRoot = process.getuid?.() === 0;
  return `${isRoot ? "user root;" : ""} worker_processes 1; daemon off; pid ${directory}/pid; error_log ${directory}/error.log;
events { worker_connections 256; }
http { access_log off; ${places.join(" ")} include ${directory}/parley.conf; }
`;
}

async function isListening(port: number): Promise<true | undefined> {
  const { promise, resolve } = Promise.withResolvers<true | undefined>();
  const socket = connect(port, "127.0.0.1");
  socket.once("connect", () => resolve(true));
  socket.once("error", () => resolve(undefined));
  return await promise.finally(() => socket.destroy());
}

/** Starts one in front of the server on `port`. `prefix` is a path that it takes away, and everything else stays its own. */
export async function startNginx(port: number, prefix = ""): Promise<Nginx> {
  const directory = temporaryDirectory("parley-nginx-");
  const certificate = makeCertificate(directory.path, "parley.test");
  const httpPort = await findPort("127.0.0.1", 0);
  const httpsPort = await findPort("127.0.0.1", 0);
  const config = configOf([
    [/^ +listen \[::\].*\n/gm, ""],
    ["listen 80;", `listen 127.0.0.1:${httpPort};`],
    ["listen 443 ", `listen 127.0.0.1:${httpsPort} `],
    ["server_name chat.example.org;", "server_name parley.test;"],
    ["https://$host$request_uri", `https://$host:${httpsPort}$request_uri`],
    ["/etc/ssl/chat.example.org/fullchain.pem", certificate.certPath],
    ["/etc/ssl/chat.example.org/privkey.pem", certificate.keyPath],
    ["server 127.0.0.1:3000;", `server 127.0.0.1:${port};`],
    ...(prefix === ""
      ? []
      : ([
          ["location / {", `location ${prefix}/ {`],
          ["proxy_pass http://parley;", "proxy_pass http://parley/;"],
        ] as const)),
  ]);
  writeFileSync(join(directory.path, "parley.conf"), config);
  writeFileSync(join(directory.path, "nginx.conf"), frameOf(directory.path));
  const nginx = Bun.spawn(
    ["nginx", "-c", join(directory.path, "nginx.conf"), "-e", join(directory.path, "error.log")],
    { stdio: ["ignore", "inherit", "inherit"] },
  );
  if (!(await findWithin(readyMsMax, () => isListening(httpsPort)))) {
    throw new Error(
      `nginx did not come up: ${await Bun.file(join(directory.path, "error.log")).text()}`,
    );
  }
  return {
    httpPort,
    httpsPort,
    certificate,
    async [Symbol.asyncDispose]() {
      nginx.kill("SIGTERM");
      await nginx.exited;
      directory[Symbol.dispose]();
    },
  };
}
