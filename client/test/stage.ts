import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeAnswers, encodeCommand } from "#wire/codec.ts";
import type { Command } from "#wire/command.ts";
import type { ChannelId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { people, type Person } from "../../server/test/people.ts";
import { redisProgram } from "../../server/test/redis.ts";
import { TestSupervisor } from "../../server/test/supervisor.ts";
import { launchBrowser, pastName, testNames } from "./browser.ts";
import { type Proxy, startProxy } from "../../server/test/proxy.ts";

/** One device of somebody who is signed in: a browser profile of its own. */
export interface Device {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the page complained of. */
  readonly complaints: string[];
}

const bytesOf = (command: Command): Uint8Array<ArrayBuffer> =>
  encodeCommand(command) as Uint8Array<ArrayBuffer>;

interface Staging {
  /** The network lets no WebSocket through. */
  readonly isWebSocketBlocked?: boolean;
  /** What browsers call the server; a name of `.test` makes an insecure context. */
  readonly host?: string;
}

/** As a server has them that uses its cores: devices of one person are on any of them. */
const workers = redisProgram === undefined ? "1" : "2";

const wide = { width: 1280, height: 800 };

/** Everything for real: `main.ts` as a process with its own PostgreSQL, a network that can be cut, a browser, Ada as the owner. */
export class Stage implements AsyncDisposable {
  /** Between every browser and the server. */
  readonly network: Proxy;
  readonly #isWebSocketBlocked: boolean;
  readonly #host: string;
  readonly #browser: Browser;
  readonly #dataDir: string;
  readonly #port: string;
  #supervisor: TestSupervisor;
  #ownerToken = "";

  private constructor(
    browser: Browser,
    dataDir: string,
    supervisor: TestSupervisor,
    url: string,
    { isWebSocketBlocked = false, host = "127.0.0.1" }: Staging,
  ) {
    this.#isWebSocketBlocked = isWebSocketBlocked;
    this.#host = host;
    this.#browser = browser;
    this.#dataDir = dataDir;
    this.#supervisor = supervisor;
    this.#port = new URL(url).port;
    this.network = this.connect();
  }

  static async open(staging: Staging = {}): Promise<Stage> {
    const dataDir = await mkdtemp(join(tmpdir(), "parley-stage-"));
    await chmod(dataDir, 0o755); // Started by root, PostgreSQL runs as another user, who must get there.
    const supervisor = new TestSupervisor({ DATA_DIR: dataDir, WORKERS: workers });
    const [browser, ready] = await Promise.all([launchBrowser(testNames), supervisor.ready()]);
    const stage = new Stage(browser, dataDir, supervisor, ready.url, staging);
    const code = new URL(ready.link!).hash.replace("#code=", "");
    const { accessToken } = await stage.#ask("/api/v1/setup", { code, ...people.ada });
    stage.#ownerToken = accessToken;
    return stage;
  }

  /** Somebody joins by an invitation of Ada's. */
  async invite(person: Person): Promise<void> {
    const { link } = await this.#ask("/api/v1/invitations", { usesMax: 1, expiresInHours: 1 });
    const code = new URL(link).hash.replace("#code=", "");
    await this.#ask("/api/v1/invitations/accept", { code, ...person });
  }

  /** The server's address as a browser sees it, by a network. */
  urlBy(network: Proxy): string {
    return `http://${this.#host}:${network.port}`;
  }

  get url(): string {
    return this.urlBy(this.network);
  }

  get #serverUrl(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Another network to the same server. */
  connect(): Proxy {
    const network = startProxy(this.#serverUrl);
    if (this.#isWebSocketBlocked) network.blockUpgrades();
    return network;
  }

  /** A new device of somebody, signed in through the page itself; with a clock that the test may move where it asks for one. */
  async device(
    person: Person,
    { network = this.network, hasClock = false }: { network?: Proxy; hasClock?: boolean } = {},
  ): Promise<Device> {
    const { context, page, complaints } = await this.stranger();
    if (hasClock) await page.clock.install();
    await page.goto(`${this.urlBy(network)}/signin`);
    await page.getByLabel("Email").fill(person.email);
    await page.getByLabel("Password").fill(person.password);
    await page.keyboard.press("Enter");
    await page.waitForURL(`${this.urlBy(network)}/`);
    return { context, page, complaints };
  }

  /** A new browser in which nobody is signed in. */
  async stranger(): Promise<Device> {
    const context = await this.#browser.newContext({ viewport: wide });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    return { context, page, complaints };
  }

  /** `kill -9` of PostgreSQL or of the worker; the supervisor starts it again. */
  async kill(what: "PostgreSQL" | "worker"): Promise<void> {
    for (const pid of await this.#pidsOf(what)) process.kill(pid, "SIGKILL");
  }

  /** Ends the server as Ctrl-C does, and starts it again on the same port and data. */
  async restart(): Promise<void> {
    await this.#supervisor[Symbol.asyncDispose]();
    this.#supervisor = new TestSupervisor({
      DATA_DIR: this.#dataDir,
      PORT: this.#port,
      WORKERS: workers,
    });
    await this.#supervisor.ready();
  }

  /** Says many things at once in a channel, by a socket of its own. */
  async says(person: Person, textId: string, bodies: readonly string[]): Promise<void> {
    const { accessToken } = await this.#ask("/api/v1/session", person);
    const socket = new WebSocket(`${this.#serverUrl.replace("http", "ws")}/ws`, ["parley.v1"]);
    socket.binaryType = "arraybuffer";
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting = [...bodies];
    let channel = 0 as ChannelId;
    const send = (): void => {
      const drafts = waiting.splice(0, limits.draftsPerSendMax).map((body) => ({
        clientMessageId: crypto.randomUUID(),
        body,
        rootSeq: null,
      }));
      if (drafts.length === 0) resolve();
      else socket.send(bytesOf({ op: "send", ref: 2, channel, drafts }));
    };
    socket.addEventListener("open", () => {
      const token = accessToken;
      socket.send(bytesOf({ op: "hello", ref: 1, token, epoch: "", streams: [] }));
    });
    socket.addEventListener("close", () => reject(new Error("the socket was closed")));
    socket.addEventListener("message", ({ data }: MessageEvent<ArrayBuffer>) => {
      for (const answer of decodeAnswers(new Uint8Array(data))) {
        const rows = answer.op === "interval" ? answer.rows : [];
        for (const row of rows) {
          if (row.kind === "membership" && row.body?.textId === textId) {
            channel = row.entity as ChannelId;
          }
        }
        if (answer.op === "caughtUp" || answer.op === "sent") send();
      }
    });
    await promise;
    socket.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    this.network[Symbol.dispose]();
    await this.#supervisor[Symbol.asyncDispose]();
    await rm(this.#dataDir, { recursive: true, force: true });
  }

  async #pidsOf(what: "PostgreSQL" | "worker"): Promise<number[]> {
    if (what === "PostgreSQL") {
      const pid = await Bun.file(join(this.#dataDir, "postgres/postmaster.pid")).text();
      return [Number(pid.split("\n")[0])];
    }
    const children = Bun.spawnSync([
      "pgrep",
      "-P",
      String(this.#supervisor.process.pid),
      "-f",
      "worker-process.ts",
    ]);
    return children.stdout.toString().trim().split("\n").map(Number);
  }

  async #ask(path: string, body: unknown): Promise<{ accessToken: string; link: string }> {
    const origin = pastName(this.url);
    const answer = await fetch(`${origin}${path}`, {
      method: "POST",
      headers: {
        origin,
        "content-type": "application/json",
        ...(this.#ownerToken && { authorization: `Bearer ${this.#ownerToken}` }),
      },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as { accessToken: string; link: string };
  }
}
