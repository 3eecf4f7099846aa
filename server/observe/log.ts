import pino from "pino";
import type { LogLevel } from "../config.ts";

/** Facts beside the sentence, or what was caught. */
type Fields = Record<string, unknown>;

const isTerminal = process.stdout.isTTY === true;
// Synchronous: the last sentence before an exit is the one that matters.
const stdout = pino.destination({ dest: 1, sync: true });
const json = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, stdout);

/** The only console. On a terminal people read lines; elsewhere machines read JSON, one object per line. */
export const log = {
  debug: (sentence: string, about?: unknown) => write("debug", sentence, about),
  info: (sentence: string, about?: unknown) => write("info", sentence, about),
  warn: (sentence: string, about?: unknown) => write("warn", sentence, about),
  error: (sentence: string, about?: unknown) => write("error", sentence, about),
};

/** The least that is written from now on. */
export function setLogLevel(level: LogLevel): void {
  json.level = level;
}

/** For what people read while they wait: written over by the next line on a terminal, absent elsewhere. */
export function logProgress(text: string): void {
  if (isTerminal) stdout.write(`\r\u001b[2K  ${text}`);
}

/** One line for the terminal: no date, since a person is watching. Exported for its test. */
export function lineOf(level: LogLevel, sentence: string, fields: Fields): string {
  const { step, ms, stack, ...rest } = fields;
  const mark = level === "info" ? "" : `${level}: `;
  const facts = Object.entries(rest).map(([name, value]) => `${name}=${textOf(value)}`);
  const seconds = typeof ms === "number" ? `${(ms / 1000).toFixed(1)} s` : "";
  const line = [step === undefined ? `${mark}${sentence}` : sentence.padEnd(44), seconds, ...facts];
  return `${line.filter((part) => part !== "").join("  ")}${stack ? `\n${String(stack)}` : ""}`;
}

function write(level: LogLevel, sentence: string, about: unknown): void {
  if (!json.isLevelEnabled(level)) return;

  const fields = fieldsOf(about);
  if (isTerminal) stdout.write(`\r\u001b[2K${lineOf(level, sentence, fields)}\n`);
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
