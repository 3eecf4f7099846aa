import { pause } from "#lib/wait.ts";
import { log } from "../observe/log.ts";
import { type Database, readEpoch } from "./database.ts";

const retryMs = 200;

/** Which history the database holds: read at the start and again after a connection was lost, for behind a new one may stand another. */
export class EpochWatch {
  #sql: Database | undefined;
  #changed: (() => void) | undefined;
  #current = "";
  #isChecking = false;

  get current(): string {
    return this.#current;
  }

  /** Reads the epoch. `changed` is called whenever it is another one later. */
  async start(sql: Database, changed: () => void): Promise<void> {
    this.#current = await readEpoch(sql);
    this.#changed = changed;
    this.#sql = sql;
  }

  /** A connection was lost: asks until the database answers; false where somebody asks already, or nobody needs to. Never rejects. */
  async check(): Promise<boolean> {
    if (this.#isChecking || !this.#sql) return false;

    this.#isChecking = true;
    let hasAnswered = false;
    while (!hasAnswered && this.#sql !== undefined) {
      try {
        const found = await readEpoch(this.#sql);
        if (found !== this.#current) {
          log.warn("the database holds another history; all sockets start again", { epoch: found });
          this.#current = found;
          this.#changed?.();
        }
        hasAnswered = true;
      } catch (error) {
        log.debug("the database does not tell its epoch yet", { error });
        await pause(retryMs);
      }
    }
    this.#isChecking = false;
    return hasAnswered;
  }

  stop(): void {
    this.#sql = undefined;
  }
}
