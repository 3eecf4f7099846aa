/** Time. Tests turn it by hand. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once after about `ms`; returns what cancels it. */
  after(ms: number, call: () => void): () => void;
  /** Calls back about every `ms`; returns what ends it. */
  every(ms: number, call: () => void): () => void;
}

export const systemClock: Clock = {
  now: Date.now,
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
  every: (ms, call) => {
    const timer = setInterval(call, ms);
    return () => clearInterval(timer);
  },
};

/** For handing on, each by itself. */
export const bound = (clock: Clock): Pick<Clock, "now" | "after"> => ({
  now: () => clock.now(),
  after: (ms, call) => clock.after(ms, call),
});
