import { limits } from "./limits.ts";

// Controls, line and paragraph separators, lone surrogates, and what turns the direction of the text around a name.
const unfit = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202A-\u202E\u2066-\u2069]/u;

/** The name of a person or a group as it is kept, or undefined where nobody could be called so. */
export const parseName = (text: string): string | undefined => parseLine(text, limits.nameCharsMax);

/** What somebody says of themselves as it is kept, or undefined where that can't be said. */
export const parseStatus = (text: string): string | undefined =>
  parseLine(text, limits.statusCharsMax);

function parseLine(text: string, charsMax: number): string | undefined {
  const line = text.trim();
  if (line === "" || unfit.test(line)) return undefined;
  return Array.from(line).length <= charsMax ? line : undefined;
}
