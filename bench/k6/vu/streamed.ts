import { commandText } from "#wire/codec.ts";
import http from "k6/http";
import { WebSocket } from "k6/websockets";
import { Asker, type Question } from "./asker.ts";
import { closeInTheEnd, fault } from "./measure.ts";
import { plan } from "./plan.ts";
import type { Present, SeatOptions } from "./seat.ts";
import { intervalOf } from "./shared.ts";
import { type Told, toldOf } from "./told.ts";
import type { Packed } from "./unpack.ts";
import { nowMs } from "./clock.ts";

/**
 * Somebody whose network lets no WebSocket through. Commands go by k6's own POST; what comes on the streamed response is handed over by the command's stream
 * reader, since k6 shows a response only when it has ended.
 */
export class Streamed implements Present {
  readonly #reader: WebSocket;
  readonly #asker: Asker;
  readonly #interval: SeatOptions["interval"];
  #begun!: () => void;
  #caughtUp!: () => void;
  #fail!: (error: Error) => void;
  #id = "";
  #number = 0;
  /** The next POST waits until the one before is taken, as our own client does. */
  #posted: Promise<void> = Promise.resolve();
  #text = "";
  #isLeaving = false;

  private constructor(interval: SeatOptions["interval"]) {
    this.#interval = interval;
    this.#reader = new WebSocket(plan.streamReader, null, { tags: { name: "stream reader" } });
    closeInTheEnd(() => {
      this.#isLeaving = true;
      this.#reader.close();
    });
    this.#asker = new Asker((command) => {
      const text = commandText(command);
      if (command.op === "hello") this.#reader.send(text);
      else this.#posted = this.#posted.then(() => this.#post(text));
    });
  }

  /** Begins it with hello. Resolves when all that is missed has come. */
  static async open({ token, interval }: SeatOptions): Promise<Streamed> {
    const streamed = new Streamed(interval);
    await streamed.#greet(token);
    return streamed;
  }

  ask(question: Question): Promise<Told> {
    return this.#asker.ask(question);
  }

  async #greet(token: string): Promise<void> {
    const begun = new Promise<void>((resolve) => (this.#begun = resolve));
    const caughtUp = new Promise<void>((resolve) => (this.#caughtUp = resolve));
    const failed = new Promise<never>((_, reject) => (this.#fail = reject));
    failed.catch(() => undefined); // Only until it is greeted somebody waits for that.
    this.#reader.addEventListener("message", (event) => {
      if ("data" in event) this.#receive(event.data as string);
    });
    this.#reader.addEventListener("close", () => this.#close());
    await Promise.race([
      failed,
      new Promise<void>((resolve) => this.#reader.addEventListener("open", () => resolve())),
    ]);
    const welcomed = this.#asker.gets("welcome", { op: "hello", token, epoch: "", streams: [] });
    await Promise.race([failed, Promise.all([welcomed, begun, caughtUp])]);
  }

  async #post(text: string): Promise<void> {
    const url = `${plan.url}/api/v1/stream/${this.#id}/${++this.#number}`;
    const { status } = await http.asyncRequest("POST", url, text, {
      headers: { "content-type": "application/json" },
      tags: { name: "stream command" },
    });
    if (status !== 202) fault(`a command by POST was answered by ${status}`);
  }

  #receive(text: string): void {
    const events = (this.#text + text).split("\n\n");
    this.#text = events.pop()!;
    for (const event of events) this.#hear(event);
  }

  #hear(event: string): void {
    const lines = event.split("\n");
    const data = lines.find((line) => line.startsWith("data: "))?.slice("data: ".length);
    if (data === undefined) return;
    if (lines.includes("event: stream")) {
      this.#id = (JSON.parse(data) as { id: string }).id;
      return this.#begun();
    }
    if (lines.includes("event: close")) return this.#fail(new Error(`closed: ${data}`));
    if (lines.some((line) => line.startsWith("event:"))) return; // Frames have no name.
    const values = JSON.parse(data) as Packed[] | Packed[][];
    const answers = (Array.isArray(values[0]) ? values : [values]) as Packed[][];
    for (const told of answers.flatMap((each) => toldOf(each, nowMs()))) {
      if (told.op === "interval") this.#interval?.(intervalOf(told.values()), told.atMs);
      else if (told.op === "caughtUp") this.#caughtUp();
      else this.#asker.answer(told);
    }
  }

  #close(): void {
    const error = new Error("the stream ended");
    this.#fail(error);
    this.#asker.end(error);
    if (!this.#isLeaving) fault("a stream ended by itself");
  }
}
