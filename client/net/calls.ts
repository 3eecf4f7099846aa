import type { Command, CommandName, CommandOf } from "#wire/command.ts";
import type { Reply } from "#wire/event.ts";

/** What becomes of a command: its one reply, or nobody knows, because the socket went first. */
export type Answered = Reply | { readonly op: "lost" };
/** A command without its `ref`, which the socket gives it. */
export type Question = { [Name in CommandName]: Omit<CommandOf<Name>, "ref"> }[CommandName];
export type Ask = (question: Question) => Promise<Answered>;

/** What the server refused for now is asked again no sooner. */
export const againMs = 1_000;

interface Call {
  readonly command: Command;
  readonly settle: (answered: Answered) => void;
}

/**
 * The commands of one socket. At most `inFlightMax` are unanswered, the others wait here in order.
 * Every command has exactly one fate: its reply, or `lost`.
 */
export class Calls {
  inFlightMax = 1;
  readonly #send: (command: Command) => void;
  readonly #waiting: Call[] = [];
  readonly #inFlight = new Map<number, Call>();
  #ref = 0;
  #over = false;

  constructor(send: (command: Command) => void) {
    this.#send = send;
  }

  ask(question: Question): Promise<Answered> {
    if (this.#over) return Promise.resolve({ op: "lost" });

    const { promise, resolve: settle } = Promise.withResolvers<Answered>();
    this.#waiting.push({ command: { ...question, ref: ++this.#ref }, settle });
    this.#flush();
    return promise;
  }

  answer(reply: Reply): void {
    const call = this.#inFlight.get(reply.ref);
    if (!call) return; // Answered before, or asked by nobody: nothing hangs on it.

    this.#inFlight.delete(reply.ref);
    call.settle(reply);
    this.#flush();
  }

  /** The socket is gone: whatever is unanswered stays so. */
  lose(): void {
    this.#over = true;
    const calls = [...this.#inFlight.values(), ...this.#waiting.splice(0)];
    this.#inFlight.clear();
    for (const { settle } of calls) settle({ op: "lost" });
  }

  #flush(): void {
    while (this.#waiting.length > 0 && this.#inFlight.size < this.inFlightMax) {
      const call = this.#waiting.shift()!;
      this.#inFlight.set(call.command.ref, call);
      this.#send(call.command);
    }
  }
}
