/** The names under which scripts count and the command reads. */
export const counted = {
  latency: "latency",
  asked: "asked",
  delivered: "delivered",
  lasted: "lasted",
  faults: "faults",
  /** Of `latency`, from the quickest to the slowest; in k6's own words. */
  quantiles: ["min", "p(10)", "p(25)", "med", "p(75)", "p(90)", "p(95)", "p(99)", "p(99.9)", "max"],
} as const;
