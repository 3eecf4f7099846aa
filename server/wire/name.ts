import { limits } from "./limits.ts";

// Controls, line and paragraph separators, lone surrogates, and what turns the direction of the text around a name.
const unfit = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202A-\u202E\u2066-\u2069]/u;

/** The name of a person or a group as it is kept, or undefined where nobody could be called so. */
export function parseName(text: string): string | undefined {
  const name = text.trim();
  if (name === "" || unfit.test(name)) return undefined;
  return Array.from(name).length <= limits.nameCharsMax ? name : undefined;
}
