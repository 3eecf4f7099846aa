import type { Peer } from "./peer.ts";
import type { Question } from "./question.ts";

/** Those whose name is one of the words or begins with it (`fanout`), all where there is none; undefined where a word fits nothing. */
export function chooseNamed<T extends { readonly name: string }>(
  all: readonly T[],
  words: readonly string[],
): readonly T[] | undefined {
  const fits = (word: string) => (one: T) => one.name === word || one.name.startsWith(`${word}-`);
  if (words.some((word) => !all.some(fits(word)))) return undefined;
  if (words.length === 0) return all;
  return all.filter((one) => words.some((word) => fits(word)(one)));
}

/** Whether it can do what is asked, and is there for that. */
export function isAsked({ can, only }: Pick<Peer, "can" | "only">, { needs }: Question): boolean {
  if (needs === undefined) return only === undefined;
  return (only ?? can).includes(needs);
}
