import type { Command, CommandName, CommandOf } from "#wire/command.ts";
import type { Reply, ReplyName, ReplyOf } from "#wire/event.ts";
import type { Told } from "./told.ts";

/** A command without its `ref`, which is the way's. */
export type Question = { [Name in CommandName]: Omit<CommandOf<Name>, "ref"> }[CommandName];

interface Waiter {
  readonly resolve: (told: Told) => void;
  readonly reject: (error: Error) => void;
}

/** Commands and their replies, over whatever way. */
export class Asker {
  readonly #send: (command: Command) => void;
  readonly #waiters = new Map<number, Waiter>();
  #ref = 0;
  #ended: Error | undefined;

  constructor(send: (command: Command) => void) {
    this.#send = send;
  }

  /** The reply, which may be a refusal, as far as anybody reads it. Rejects when the way ends before. */
  ask(question: Question): Promise<Told> {
    if (this.#ended) return Promise.reject(this.#ended);
    const ref = ++this.#ref;
    const replied = new Promise<Told>((resolve, reject) =>
      this.#waiters.set(ref, { resolve, reject }),
    );
    this.#send({ ...question, ref });
    return replied;
  }

  /** The same where only one reply will do, read whole. */
  async gets<Name extends ReplyName>(name: Name, question: Question): Promise<ReplyOf<Name>> {
    const reply = (await this.ask(question)).read() as Reply;
    if (reply.op === "refusal") throw new Error(`refused by ${reply.code}: ${reply.detail}`);
    if (reply.op !== name) throw new Error(`expected ${name}, got ${reply.op}`);
    return reply as ReplyOf<Name>;
  }

  /** Whether it was a reply that somebody waits for. */
  answer(told: Told): boolean {
    if (told.ref === undefined) return false;
    this.#waiters.get(told.ref)?.resolve(told);
    this.#waiters.delete(told.ref);
    return true;
  }

  end(error: Error): void {
    this.#ended = error;
    for (const { reject } of this.#waiters.values()) reject(error);
    this.#waiters.clear();
  }
}
