import { parseArgs } from "node:util";

/** A scenario's options with their defaults, whose types say what may be given. */
export type Options = Readonly<Record<string, number | string | boolean>>;

/** What every scenario understands. */
export const everywhere = {
  /** Processes of the server that serve. */
  workers: 1,
  /** Measured runs, after one that only warms up. */
  runs: 5,
  /** Of each run. */
  seconds: 3,
  /** As `taskset -c` has them; empty takes the last core for the load and the others for the server. */
  serverCores: "",
  loadCores: "",
  /** Directory into which each worker writes a CPU profile when it ends; empty writes none. */
  profile: "",
} as const;

/** Widens literals, so that an option may take any value of its default's type. */
export type Widened<T> = {
  readonly [Key in keyof T]: T[Key] extends number
    ? number
    : T[Key] extends boolean
      ? boolean
      : string;
};

const spelled = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** @throws a sentence about the first option that is wrong */
export function readOptions<T extends Options>(args: readonly string[], defaults: T): T {
  const names = Object.keys(defaults);
  const { values } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      names.map((name) => [
        spelled(name),
        { type: typeof defaults[name] === "boolean" ? "boolean" : "string" },
      ]),
    ),
  });
  const read = names.map((name) => {
    const given = values[spelled(name)];
    if (given === undefined) return [name, defaults[name]];
    if (typeof defaults[name] !== "number") return [name, given];
    const value = Number(given);
    if (!(value >= 0)) throw new Error(`--${spelled(name)} must be a number, not "${given}"`);
    return [name, value];
  });
  return Object.fromEntries(read) as T;
}

/** `--sockets 200 --in-flight 50 …`, as they could be typed. */
export function optionsText(options: Options): string {
  return Object.entries(options)
    .filter(([, value]) => value !== "" && value !== false)
    .map(([name, value]) => (value === true ? `--${spelled(name)}` : `--${spelled(name)} ${value}`))
    .join(" ");
}
