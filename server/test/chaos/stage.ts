import { chmodSync } from "node:fs";
import { join } from "node:path";
import type { ChannelId, Seq } from "#wire/ids.ts";
import { pause, within } from "#lib/wait.ts";
import { createTokens } from "../../auth/tokens.ts";
import { findPostmaster } from "../../embedded/postmaster.ts";
import { readRunning, type Running } from "../../embedded/run-file.ts";
import { type Database, openDatabase } from "../../store/database.ts";
import { temporaryDirectory } from "../directory.ts";
import { joinGroup } from "../group.ts";
import { people } from "../people.ts";
import { type Proxy, startProxy } from "../proxy.ts";
import type { Dice } from "../simulate/dice.ts";
import { accountsOn, secretKey } from "../start-server.ts";
import { TestSupervisor } from "../supervisor.ts";
import type { Message, Written } from "./check-histories.ts";
import { Device } from "./device.ts";

/** Everybody is in one, half of them in each of the others. */
const groups = { all: "all", halves: ["left", "right"] } as const;
const workers = 2;
/** So long between two messages of one device, at most. */
const writeMsMax = 100;
/** Longer than any fault should be felt. */
export const recoveryMsMax = 30_000;

/** How soon something was everywhere; or what was so when that had taken too long. */
export type Reached = { readonly ms: number } | { readonly why: readonly string[] };

/** The whole product as `npm start` has it, with its own PostgreSQL and Redis, and people on two networks who write all the time. */
export class Stage implements AsyncDisposable {
  readonly devices: Device[] = [];
  /** Between the devices and the server: they come in by one or the other, but for the last, who is near. */
  readonly networks: Proxy[] = [];
  readonly dice: Dice;
  readonly #home = temporaryDirectory("parley-chaos-");
  readonly #dataDir = join(this.#home.path, "data");
  #supervisor!: TestSupervisor;
  #port = "0";
  readonly #tokens = createTokens(secretKey);
  #look: (() => void)[] = [];
  #writing: Promise<void>[] = [];
  #isWriting = true;

  private constructor(dice: Dice) {
    this.dice = dice;
  }

  static async start(dice: Dice): Promise<Stage> {
    const stage = new Stage(dice);
    // Under root PostgreSQL runs as another user, who has to pass.
    chmodSync(stage.#home.path, 0o711);
    const url = await stage.startServer();
    stage.#port = new URL(url).port;
    stage.networks.push(startProxy(url), startProxy(url));
    await stage.#populate();
    for (const device of stage.devices) device.start();
    await stage.until(() => stage.devices.every(({ isReady }) => isReady));
    stage.#writing = stage.devices.map((device) => stage.#write(device));
    return stage;
  }

  /** What the supervisor has noted of its parts. */
  get running(): Running {
    return readRunning(this.#dataDir)!;
  }

  /** The last lines of the supervisor and its workers. */
  get said(): string[] {
    return this.#supervisor.lines.slice(-20).map((line) => JSON.stringify(line));
  }

  /** The number of the embedded PostgreSQL; undefined while it is not there. */
  get postgres(): number | undefined {
    return findPostmaster(join(this.#dataDir, "postgres"))?.mark.pid;
  }

  get everywhere(): ChannelId {
    return this.devices[0]!.channels[0]!;
  }

  /** From nothing, or from what was killed; resolves to its address when people can come in. */
  async startServer(): Promise<string> {
    this.#supervisor = new TestSupervisor({
      DATA_DIR: this.#dataDir,
      PORT: this.#port,
      SECRET_KEY: secretKey,
      WORKERS: `${workers}`,
    });
    await this.#supervisor.ready();
    return this.running.url!;
  }

  signal(signal: NodeJS.Signals): void {
    this.#supervisor.process.kill(signal);
  }

  /** Resolves when it is so; false where that takes longer than any fault should be felt. */
  async until(isSo: () => boolean): Promise<boolean> {
    const seen = async (): Promise<true> => {
      while (!isSo()) await new Promise<void>((resolve) => this.#look.push(resolve));
      return true;
    };
    return (await within(recoveryMsMax, seen())) ?? false;
  }

  /** Writes something now, and resolves when it is shown on every device: to the milliseconds that it took, or to who does not show it. */
  async reachesAll(body: string): Promise<Reached> {
    const sinceMs = performance.now();
    const author = this.dice.pick(this.devices);
    const message: Written = author.say(this.everywhere, body);
    const isThere = await this.until(
      () => message.seq !== undefined && this.devices.every((device) => device.shows(message)),
    );
    if (isThere) return { ms: performance.now() - sinceMs };

    const blind = this.devices.filter((device) => !device.shows(message));
    return {
      why: [
        `by ${author.history.name}, ${message.seq === undefined ? "not acknowledged" : `stored as ${message.seq}`}`,
        ...blind.map((device) => `not shown by ${device.history.name}, ${device.said}`),
        ...this.said,
      ],
    };
  }

  /** Nobody writes any more; resolves to whether all is acknowledged and shown everywhere. */
  async comesToRest(): Promise<boolean> {
    this.#isWriting = false;
    await Promise.all(this.#writing);
    if (!(await this.until(() => this.devices.every(({ isQuiet }) => isQuiet)))) return false;
    const heads = await this.#asked(
      (sql) => sql<{ id: ChannelId; head: Seq }[]>`select id, head from channels`,
    );
    const headOf = new Map(heads.map(({ id, head }) => [id, head]));
    return await this.until(() =>
      this.devices.every((device) =>
        device.channels.every((channel) => device.cursorOf(channel) >= headOf.get(channel)!),
      ),
    );
  }

  async stored(): Promise<Message[]> {
    return await this.#asked(
      (sql) => sql<Message[]>`
        select channel_id as channel, client_message_id as "clientMessageId", body, seq
          from messages order by channel_id, seq`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isWriting = false;
    await Promise.all(this.devices.map((device) => device.stop()));
    for (const network of this.networks) network[Symbol.dispose]();
    await this.#supervisor[Symbol.asyncDispose]();
    this.#home[Symbol.dispose]();
  }

  async #populate(): Promise<void> {
    await this.#asked(async (sql) => {
      const { signIn } = accountsOn({ sql });
      const everybody = [...Object.values(people), people.ada];
      for (const [at, person] of everybody.entries()) {
        const network = at < everybody.length - 1 ? this.networks[at % 2] : undefined;
        const me = await signIn(person);
        const channels: ChannelId[] = [];
        for (const group of [groups.all, groups.halves[at % 2]!]) {
          channels.push(await joinGroup(sql, group, me.id));
        }
        this.devices.push(
          new Device({
            me: { id: me.id, name: `${me.name} (${at + 1})` },
            channels,
            url: network?.through(this.running.url!) ?? this.running.url!,
            token: async () =>
              (await this.#tokens.signAccessToken(me.id, me.sessionId)).accessToken,
            changed: () => this.#changed(),
            random: () => this.dice.between(0, 999) / 1_000,
          }),
        );
      }
    });
  }

  /** The database's address is another after everything was killed. */
  async #asked<T>(work: (sql: Database) => Promise<T>): Promise<T> {
    const sql = openDatabase({ url: this.running.databaseUrl!, max: 1, name: "chaos" });
    try {
      return await work(sql);
    } finally {
      await sql.end({ timeout: 1 });
    }
  }

  async #write(device: Device): Promise<void> {
    for (let count = 1; this.#isWriting; count++) {
      const message = device.say(
        this.dice.pick(device.channels),
        `${count} of ${device.history.name}`,
      );
      await this.until(() => message.seq !== undefined || !this.#isWriting);
      await pause(this.dice.between(0, writeMsMax));
    }
  }

  #changed(): void {
    for (const look of this.#look.splice(0)) look();
  }
}
