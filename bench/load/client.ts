import { pause } from "#lib/wait.ts";
import { refusals } from "#wire/codes.ts";
import type { Event } from "#wire/event.ts";
import type { ChannelId, StreamId } from "#wire/ids.ts";
import { retryDelayMs } from "./backoff.ts";
import { Cursor } from "./cursor.ts";
import type { Heard } from "./ledger.ts";
import { LoadSocket } from "./load-socket.ts";
import type { Measure } from "./measure.ts";
import { bodyPlannedAt } from "./planned.ts";
import type { Member } from "./population.ts";

const retryMs = 250;

export interface ClientOptions {
  readonly url: string;
  readonly member: Member;
  readonly channels: readonly ChannelId[];
}

/** Where what a client goes through in one run is written down. */
export interface ClientRun {
  readonly measure: Measure;
  readonly heard: ReadonlyMap<StreamId, Heard>;
  /** Its socket was gone for so long, until all was told that it had missed; so much of it took the attempt that succeeded. */
  back(awayMs: number, enteringMs: number): void;
}

/** Somebody whose sockets end, and who comes back with their cursors: what they missed is shown once and in order. */
export class Client {
  readonly #options: ClientOptions;
  readonly #cursors = new Map<StreamId, Cursor>();
  #run: ClientRun | undefined;
  #socket: LoadSocket | undefined;
  #epoch = "";
  #isLeaving = false;
  #refusedUntilMs = 0;
  #present = Promise.withResolvers<void>();
  #said: Promise<void> = Promise.resolve();

  private constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** Resolves when it is there for the first time. */
  static async open(options: ClientOptions): Promise<Client> {
    const client = new Client(options);
    client.#cursors.set(options.member.id, new Cursor(0));
    await client.#enter();
    return client;
  }

  begin(run: ClientRun): void {
    this.#run = run;
  }

  get isPresent(): boolean {
    return this.#socket !== undefined;
  }

  /** The network is gone for this client, and takes no new socket for so long. */
  reset(refuseMs: number): void {
    this.#refusedUntilMs = performance.now() + refuseMs;
    const socket = this.#socket;
    this.#away(); // It is gone now; that it ended shows a moment later.
    socket?.reset();
  }

  /** Says it in the first channel behind what was said before, under one id until the server says what became of it. */
  say(): Promise<void> {
    this.#said = this.#said.then(() => this.#say(this.#options.channels[0]!));
    return this.#said;
  }

  async leave(): Promise<void> {
    this.#isLeaving = true;
    await this.#socket?.leave();
  }

  async #say(channel: ChannelId): Promise<void> {
    const { measure } = this.#run!;
    const draft = {
      clientMessageId: Bun.randomUUIDv7(),
      body: bodyPlannedAt(performance.now()),
      rootSeq: null,
    };
    for (;;) {
      await this.#present.promise;
      const reply = await this.#socket
        ?.command({ op: "send", channel, drafts: [draft] })
        .catch(() => undefined);
      if (reply === undefined) continue; // The socket ended: nobody knows, so it is said again.
      const [fate] = reply.op === "sent" ? reply.fates : [];
      const code = reply.op === "refusal" ? reply.code : (fate?.code ?? undefined);
      if (code === undefined) return measure.ledger.sent(channel, fate!.seq);
      if (refusals[code].client !== "retry") return measure.refuse(code, 1);
      await pause(retryMs);
    }
  }

  async #enter(): Promise<void> {
    const cursors = [...this.#cursors].map(([stream, { at }]) => ({ stream, cursor: at }));
    for (const cursor of this.#cursors.values()) cursor.forgetEarly();
    const { url, member } = this.#options;
    const opening = LoadSocket.open({
      url,
      token: member.token,
      epoch: this.#epoch,
      cursors,
      heard: (event) => this.#hear(event),
      closed: () => void this.#comeBack(),
    });
    this.#socket = await opening;
    this.#epoch = this.#socket.epoch;
    this.#present.resolve();
  }

  /** Whoever has something to say waits from now on. */
  #away(): void {
    if (!this.#socket) return;
    this.#socket = undefined;
    this.#present = Promise.withResolvers();
  }

  async #comeBack(): Promise<void> {
    const sinceMs = performance.now();
    let attemptMs = sinceMs;
    this.#away();
    for (let failures = 0; !this.#isLeaving && !this.#socket; failures++) {
      await pause(retryDelayMs(failures));
      if (performance.now() < this.#refusedUntilMs) continue;
      attemptMs = performance.now();
      await this.#enter().catch(() => undefined);
    }
    const nowMs = performance.now();
    if (this.#socket) this.#run?.back(nowMs - sinceMs, nowMs - attemptMs);
  }

  #hear(event: Event): void {
    if (event.op === "summary" && !this.#cursors.has(event.channel)) {
      this.#cursors.set(event.channel, new Cursor(event.asOf));
    } else if (event.op === "reset" && event.through > 0) {
      // What lies between is not told: the run was too far behind to say anything about.
      this.#run?.measure.refuse("reset", 1);
      this.#cursors.set(event.stream, new Cursor(event.through));
    } else if (event.op === "interval") {
      const shown = this.#cursors.get(event.stream)?.take(event) ?? [];
      const heard = this.#run?.heard.get(event.stream);
      for (const { entity } of shown) heard?.hear(entity);
    } else if (event.op === "lagged") this.#socket?.reset();
  }
}
