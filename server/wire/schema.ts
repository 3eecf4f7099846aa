import type { ChannelId, StreamId, UserId } from "./ids.ts";

/** Bytes or values that are not of the protocol: says what was wrong and where. */
export class WireError extends Error {
  override name = "WireError";
}

/**
 * What one value of the protocol may be.
 *
 * `shape` is the type in words and enters the schema's hash. `parse` returns the value or throws a `WireError` that names
 * the place `at`. `pack` is the inverse: records become arrays, so that only positions travel.
 */
export interface Type<T> {
  readonly shape: string;
  parse(value: unknown, at: string): T;
  pack(value: T): unknown;
}

export type ValueOf<Of> = Of extends Type<infer T> ? T : never;

const itself = (value: unknown): unknown => value;

function scalar<T>(shape: string, accepts: (value: unknown) => boolean): Type<T> {
  return {
    shape,
    parse(value, at) {
      if (!accepts(value)) throw new WireError(`${at} must be ${shape}`);
      return value as T;
    },
    pack: itself,
  };
}

/** Minus zero is refused: JSON and MessagePack would carry it differently. */
export const isUint = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && !Object.is(value, -0);
const isId = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) > 0;

export const uint = scalar<number>("uint", isUint);
export const bool = scalar<boolean>("bool", (value) => typeof value === "boolean");
export const channelId = scalar<ChannelId>("channel id", isId);
export const userId = scalar<UserId>("user id", isId);
export const streamId = scalar<StreamId>("stream id", isId);

/** Milliseconds since the epoch, UTC. */
export const time = scalar<number>("time", isUint);

const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A UUID in lower case; clients make version 7. */
export const uuid = scalar<string>(
  "uuid",
  (value) => typeof value === "string" && uuidShape.test(value),
);

/** Well-formed text of at most `charsMax` UTF-16 units. */
export function text(charsMax: number): Type<string> {
  return scalar(
    `text of at most ${charsMax}`,
    (value) => typeof value === "string" && value.length <= charsMax && value.isWellFormed(),
  );
}

/** One of a closed list of words. */
export function word<const Words extends readonly string[]>(words: Words): Type<Words[number]> {
  const known = new Set<unknown>(words);
  return scalar(`one of ${words.join(" ")}`, (value) => known.has(value));
}

/** The value, or nil. */
export function optional<T>(of: Type<T>): Type<T | null> {
  return {
    shape: `${of.shape} or nil`,
    parse: (value, at) => (value === null ? null : of.parse(value, at)),
    pack: (value) => (value === null ? null : of.pack(value)),
  };
}

export function list<T>(of: Type<T>, { min = 0, max }: { min?: number; max: number }): Type<T[]> {
  return {
    shape: `${min} to ${max} × (${of.shape})`,
    parse(value, at) {
      if (!Array.isArray(value)) throw new WireError(`${at} must be an array`);
      if (value.length < min || value.length > max) {
        throw new WireError(`${at} must hold ${min} to ${max} elements, has ${value.length}`);
      }
      return value.map((element, index) => of.parse(element, `${at}[${index}]`));
    },
    pack: (values) => (of.pack === itself ? values : values.map((value) => of.pack(value))),
  };
}

export type RecordOf<Of> = { -readonly [Name in keyof Of]: ValueOf<Of[Name]> };

/** Fields in a fixed order. What travels is an array of their values; more elements than known fields are not an error, so that a later version may add some. */
export function record<const Of extends Record<string, unknown>>(fields: Of): Type<RecordOf<Of>> {
  const entries = Object.entries(fields) as [string, Type<unknown>][];
  return {
    shape: `[${entries.map(([name, type]) => `${name}: ${type.shape}`).join(", ")}]`,
    parse(value, at) {
      if (!Array.isArray(value)) throw new WireError(`${at} must be an array`);
      const parsed: Record<string, unknown> = {};
      for (let index = 0; index < entries.length; index++) {
        const [name, type] = entries[index]!;
        parsed[name] = type.parse(value[index], `${at}.${name}`);
      }
      return parsed as RecordOf<Of>;
    },
    pack(value) {
      const packed: unknown[] = [];
      for (const [name, type] of entries) packed.push(type.pack(value[name as keyof Of]));
      return packed;
    },
  };
}
