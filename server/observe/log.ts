import pino from "pino";
import type { LogLevel } from "../config.ts";

/** Facts beside the sentence, or what was caught. */
type Fields = Record<string, unknown>;

const isTerminal = process.stdout.isTTY === true;
const clearLine = "\r\u001b[2K";
const stepColumns = 44; // scripts/start.mjs begins the same list.
// Synchronous: the last sentence before an exit is the one that matters.
const stdout = pino.destination({ dest: 1, sync: true });
// Whoever was reading has closed the terminal or the pipe; the server goes on without them.
stdout.on("error", () => undefined);
const json = pino(
  {
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level) => ({ level }) },
  },
  stdout,
);

/** The only console. On a terminal people read lines; elsewhere machines read JSON, one object per line. */
export const log = {
  debug: (sentence: string, about?: unknown) => write("debug", sentence, about),
  info: (sentence: string, about?: unknown) => write("info", sentence, about),
  warn: (sentence: string, about?: unknown) => write("warn", sentence, about),
  error: (sentence: string, about?: unknown) => write("error", sentence, about),
};

/** The least that is written from now on. */
export function setLogLevel(level: LogLevel | "silent"): void {
  json.level = level;
}

/** What the start is at: a line that the next one writes over on a terminal, nothing elsewhere. */
export function logProgress(text: string): void {
  if (isTerminal) stdout.write(`${clearLine}${text} …`);
}

/** A step of the start and how long it took. */
export function logStep(step: string, ms: number): void {
  if (isTerminal) stdout.write(`${clearLine}${stepLineOf(step, ms)}\n`);
  else json.info({ ms: Math.round(ms) }, step);
}

/** What people should read as it stands, and the same as facts for machines. */
export function logNotice(lines: readonly string[], sentence: string, facts: Fields): void {
  if (isTerminal) stdout.write(`${clearLine}${lines.join("\n")}\n`);
  else json.info(facts, sentence);
}

export function stepLineOf(step: string, ms: number): string {
  return `${step.padEnd(stepColumns)}${(ms / 1000).toFixed(1).padStart(5)} s`;
}

/** One line for the terminal: no date, since a person is watching. Exported for its test. */
export function lineOf(level: LogLevel, sentence: string, fields: Fields): string {
  const { stack, ...rest } = fields;
  const mark = level === "info" ? "" : `${level}: `;
  const facts = Object.entries(rest).map(([name, value]) => `  ${name}=${textOf(value)}`);
  return `${mark}${sentence}${facts.join("")}${stack === undefined ? "" : `\n${textOf(stack)}`}`;
}

function write(level: LogLevel, sentence: string, about: unknown): void {
  if (!json.isLevelEnabled(level)) return;

  const fields = fieldsOf(about);
  if (isTerminal) stdout.write(`${clearLine}${lineOf(level, sentence, fields)}\n`);
  else json[level](fields, sentence);
}

function fieldsOf(about: unknown): Fields {
  if (about === undefined) return {};
  if (about instanceof Error) return errorFields(about);
  if (typeof about !== "object" || about === null) return { about };

  const { error, ...rest } = about as Fields;
  if (error === undefined) return rest;
  return { ...rest, ...(error instanceof Error ? errorFields(error) : { error }) };
}

/** Stack traces are for those who ask for them. */
function errorFields(error: Error): Fields {
  const code = (error as { code?: unknown }).code;
  return {
    error: error.message,
    ...(code === undefined ? {} : { code }),
    ...(json.isLevelEnabled("debug") ? { stack: error.stack } : {}),
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
