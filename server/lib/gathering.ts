interface Asker<Question, Answer> {
  readonly questions: readonly Question[];
  readonly resolve: (answers: readonly Answer[]) => void;
  readonly reject: (error: unknown) => void;
}

export interface GatheringParts<Question, Answer> {
  /** Answers all of them, each in its place. */
  readonly read: (questions: readonly Question[]) => Promise<readonly Answer[]>;
  /** Questions of one read; one asker's stay together, even where they weigh more. */
  readonly weightMax: number;
  readonly weightOf?: (question: Question) => number;
  /** Calls back after about `ms`; returns what cancels it. */
  readonly after: (ms: number, call: () => void) => () => void;
}

/** Behind a read that has no answer for so long nobody waits any more. */
const lateMs = 1_000;

/**
 * What many ask at once, read for all of them together. Who comes while nothing is under way is read for at once; who comes meanwhile goes with the next:
 * load makes groups, not timers. A read begins after whoever it answers has asked. A failure is told to all in it.
 */
export class Gathering<Question, Answer> {
  readonly #parts: GatheringParts<Question, Answer>;
  #waiting: Asker<Question, Answer>[] = [];
  #isReading = false;

  constructor(parts: GatheringParts<Question, Answer>) {
    this.#parts = parts;
  }

  ask(questions: readonly Question[]): Promise<readonly Answer[]> {
    if (questions.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ questions, resolve, reject });
      if (!this.#isReading) this.#next();
    });
  }

  #next(): void {
    const group = this.#takeGroup();
    this.#isReading = group.length > 0;
    if (!this.#isReading) return;

    let isLeft = false;
    const leave = (): void => {
      if (isLeft) return;
      isLeft = true;
      cancel();
      this.#next();
    };
    const cancel = this.#parts.after(lateMs, leave);
    this.#parts.read(group.flatMap(({ questions }) => questions)).then(
      (answers) => {
        leave();
        let at = 0;
        for (const { questions, resolve } of group) {
          resolve(answers.slice(at, (at += questions.length)));
        }
      },
      (error: unknown) => {
        leave();
        for (const { reject } of group) reject(error);
      },
    );
  }

  /** The longest waiting, as many as one read bears. */
  #takeGroup(): Asker<Question, Answer>[] {
    const { weightMax, weightOf = () => 1 } = this.#parts;
    let weight = 0;
    const full = this.#waiting.findIndex(({ questions }, at) => {
      for (const question of questions) weight += weightOf(question);
      return weight > weightMax && at > 0;
    });
    return this.#waiting.splice(0, full < 0 ? this.#waiting.length : full);
  }
}
