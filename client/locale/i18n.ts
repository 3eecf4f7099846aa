import type { Messages } from "@lingui/core";

/**
 * Reads the catalogue that Lingui's command line compiles. `@lingui/core` would do the same, but brings 36 packages of
 * Babel into production (10 MB) and 2 KB into the first load; `i18n.test.ts` holds both to the same answers.
 */
type Cases = { readonly [form: string]: readonly Token[] };
type Token = string | readonly [name: string, type?: "plural" | "select", cases?: Cases];
type Catalogue = { readonly [id: string]: readonly Token[] };
type Values = { readonly [name: string]: string | number };

// Without a locale of its own a machine's Chromium says "en-US@posix", which Intl refuses.
const languageTag = /^([a-z]{2,3})(?:-[a-z0-9]{2,8})*$/i;

let locale = "en";
let catalogue: Catalogue = {};
let plurals = new Intl.PluralRules(locale);
let numbers = new Intl.NumberFormat(locale);

function write(tokens: readonly Token[], values: Values, count?: number): string {
  return tokens
    .map((token) => {
      if (token === "#" && count !== undefined) return numbers.format(count);
      if (typeof token === "string") return token;
      const [name, type, cases] = token;
      const value = values[name] ?? "";
      if (!type || !cases) return String(value);
      if (type === "select") return write(cases[value] ?? cases.other!, values, count);
      const form = cases[value] ?? cases[plurals.select(Number(value))] ?? cases.other!;
      return write(form, values, Number(value));
    })
    .join("");
}

/** What a sentence without plurals and choices says by itself, so that a catalogue in which it reads the same does without it. */
function tokensOf(id: string): Token[] {
  return id
    .split(/\{(\w+)\}/)
    .map((part, at): Token => (at % 2 === 1 ? [part] : part))
    .filter((token) => token !== "");
}

export const i18n = {
  /** From here on everything is said in this language. */
  load(newLocale: string, messages: Messages): void {
    locale = newLocale;
    catalogue = messages as Catalogue; // Dates and numbers are said by `Intl`, so these kinds of tokens are all.
    plurals = new Intl.PluralRules(locale);
    numbers = new Intl.NumberFormat(locale);
  },

  /** The sentence with this id, which is the English one in ICU's MessageFormat. One that is missing says its id. */
  t(id: string, values: Values = {}): string {
    return write(catalogue[id] ?? tokensOf(id), values);
  },

  number(value: number): string {
    return numbers.format(value);
  },

  /**
   * For dates: the reader's own region where it speaks the catalogue's language, so that an Englishman's clock has 24
   * hours and an American's has 12.
   */
  get region(): string {
    return navigator.languages.find((each) => languageTag.exec(each)?.[1] === locale) ?? locale;
  },
};
