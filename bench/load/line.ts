import { limits } from "#wire/limits.ts";

/** What a speaker has to say: one `send` at a time, as the protocol wants it, and what waits goes with the next. */
export class Line {
  readonly #say: (bodies: readonly string[]) => Promise<void>;
  readonly #waiting: string[] = [];
  #saying: Promise<void> | undefined;

  constructor(say: (bodies: readonly string[]) => Promise<void>) {
    this.#say = say;
  }

  add(...bodies: string[]): void {
    this.#waiting.push(...bodies);
    this.#saying ??= this.#sayAll();
  }

  async emptied(): Promise<void> {
    await this.#saying;
  }

  async #sayAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#say(this.#waiting.splice(0, limits.draftsPerSendMax));
    }
    this.#saying = undefined;
  }
}
