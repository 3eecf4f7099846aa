export const pulseLimits = {
  /** So often a process is asked whether its loop turns. */
  askMs: 1_000,
  /** Questions in a row without an answer after which it stands still. Counted, not timed: a machine that slept blames nobody. */
  unansweredMax: 10,
  /** The same before its first answer: it has to load. */
  firstUnansweredMax: 20,
} as const;

export interface Pulse {
  /** It said something. */
  answered(): void;
  stop(): void;
}

interface Watched {
  ask(): void;
  /** Called once, when it has let too many questions pass. */
  still(): void;
  readonly limits: { readonly [Name in keyof typeof pulseLimits]: number };
}

/** Asks a process again and again whether its loop turns. */
export function watchPulse(watched: Watched): Pulse {
  const { askMs, unansweredMax, firstUnansweredMax } = watched.limits;
  let unanswered = 0;
  let max = firstUnansweredMax;
  const timer = setInterval(() => {
    if (unanswered++ < max) return watched.ask();
    clearInterval(timer);
    watched.still();
  }, askMs);
  return {
    answered: () => {
      unanswered = 0;
      max = unansweredMax;
    },
    stop: () => clearInterval(timer),
  };
}
