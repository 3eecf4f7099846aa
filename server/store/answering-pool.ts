import { log } from "../observe/log.ts";
import type { Database } from "./database.ts";

/**
 * A pool for questions that must not hang. A connection whose other side fell silent (a frozen network, a machine that lost its power)
 * would be waited for as long as TCP tries, a quarter of an hour; here the whole pool is thrown away when one answer is late.
 */
export class AnsweringPool {
  readonly #open: () => Database;
  readonly #answerMsMax: number;
  #sql: Database;

  constructor(open: () => Database, answerMsMax: number) {
    this.#open = open;
    this.#answerMsMax = answerMsMax;
    this.#sql = open();
  }

  /** Asks, and settles within `answerMsMax`: where no answer came, it rejects as with a lost connection, and so does what else was asked. */
  async ask<T>(question: (sql: Database) => Promise<T>): Promise<T> {
    const sql = this.#sql;
    const timer = setTimeout(() => this.#throwAway(sql), this.#answerMsMax);
    try {
      return await question(sql);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Waits for what was asked, at most a second. */
  async end(): Promise<void> {
    await this.#sql.end({ timeout: 1 });
  }

  #throwAway(sql: Database): void {
    if (sql !== this.#sql) return; // Somebody else was first; its questions are rejected already.

    log.warn("PostgreSQL does not answer; connecting anew", { waitedMs: this.#answerMsMax });
    this.#sql = this.#open();
    sql.end({ timeout: 0 }).catch((error: unknown) => {
      log.warn("connections could not be ended", { error });
    });
  }
}
