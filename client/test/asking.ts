import type { Answered, Ask, Question } from "../net/calls.ts";
import { Queue } from "./queue.ts";

export type Asked = Question & { answer: (answered: Answered) => void };

/** A socket of which a test answers every command itself. */
export class Asking {
  readonly questions = new Queue<Asked>();
  /** Everything that was asked, in order. */
  readonly told: Question[] = [];

  readonly ask: Ask = (question) => {
    const { promise, resolve: answer } = Promise.withResolvers<Answered>();
    this.told.push(question);
    this.questions.add({ ...question, answer });
    return promise;
  };

  /** The next question of this kind. */
  next(op: Question["op"]): Promise<Asked> {
    return this.questions.next((question) => question.op === op);
  }
}

/** Every promise that can settle by itself has, afterwards. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
