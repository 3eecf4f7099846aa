interface Asker<Question, Answer> {
  readonly questions: readonly Question[];
  readonly isWanted: () => boolean;
  readonly resolve: (answers: readonly Answer[]) => void;
  readonly reject: (error: unknown) => void;
}

export interface GatheringParts<Question, Answer> {
  /** Answers all of them, each in its place. */
  readonly read: (questions: readonly Question[]) => Promise<readonly Answer[]>;
  /** Questions of one read; one asker's stay together, even where they weigh more. */
  readonly weightMax: number;
  readonly weightOf?: (question: Question) => number;
  /** Reads under way at once; one where nothing else is said. */
  readonly atOnceMax?: number;
  /** Calls back after about `ms`; returns what cancels it. */
  readonly after: (ms: number, call: () => void) => () => void;
}

/** Behind a read that has no answer for so long nobody waits any more. */
const lateMs = 1_000;

/**
 * What many ask at once, read for all of them together. Who comes while a read may leave is read for at once; who comes meanwhile goes with the next:
 * load makes groups, not timers. A read begins after whoever it answers has asked. A failure is told to all in it.
 */
export class Gathering<Question, Answer> {
  readonly #parts: GatheringParts<Question, Answer>;
  #waiting: Asker<Question, Answer>[] = [];
  #reading = 0;

  constructor(parts: GatheringParts<Question, Answer>) {
    this.#parts = parts;
  }

  /** Who is not wanted any more when their turn comes is answered with nothing. */
  ask(
    questions: readonly Question[],
    isWanted: () => boolean = () => true,
  ): Promise<readonly Answer[]> {
    if (questions.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ questions, isWanted, resolve, reject });
      if (this.#reading < (this.#parts.atOnceMax ?? 1)) this.#next();
    });
  }

  #next(): void {
    const group = this.#takeGroup();
    if (group.length === 0) return;

    this.#reading++;
    let isLeft = false;
    const leave = (): void => {
      if (isLeft) return;
      isLeft = true;
      this.#reading--;
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
    const gone = this.#waiting.filter(({ isWanted }) => !isWanted());
    if (gone.length > 0) {
      this.#waiting = this.#waiting.filter((asker) => !gone.includes(asker));
      for (const { resolve } of gone) resolve([]);
    }
    let weight = 0;
    const full = this.#waiting.findIndex(({ questions }, at) => {
      for (const question of questions) weight += weightOf(question);
      return weight > weightMax && at > 0;
    });
    return this.#waiting.splice(0, full < 0 ? this.#waiting.length : full);
  }
}
