/** What a setting's text may be: each parser gives the value, or says what it must be. */
import { isIP } from "node:net";
import { resolve } from "node:path";
import { parseRedisUrl } from "./redis-address.ts";

/** Either the value, or what is wrong with the text, as the end of "NAME must be …". */
type Parsed<T> = { value: T } | { mistake: string };
export type Parse<T> = (text: string) => Parsed<T>;

const secretCharsMin = 32; // 128 bits when it is hexadecimal.

export const integer =
  (min: number, max: number): Parse<number> =>
  (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && min <= value && value <= max) return { value };
    return { mistake: `an integer from ${min} to ${max}` };
  };

export const url =
  (schemes: readonly string[], example: string): Parse<string> =>
  (text) => {
    const scheme = URL.canParse(text) ? new URL(text).protocol.slice(0, -1) : "";
    return schemes.includes(scheme)
      ? { value: text }
      : { mistake: `an address such as ${example}` };
  };

export const redis: Parse<string> = (text) =>
  parseRedisUrl(text)
    ? { value: text }
    : {
        mistake:
          "an address such as redis://cache.example.org:6379, unix:/run/redis.sock or redis+sentinel://one:26379,two:26379/primary",
      };

const origin: Parse<string> = (text) => {
  const example = { mistake: "an address such as https://chat.example.org, without a path" };
  if (!URL.canParse(text)) return example;

  const parsed = new URL(text);
  const plain = parsed.pathname === "/" && parsed.search === "" && parsed.hash === "";
  return /^https?:$/.test(parsed.protocol) && plain ? { value: parsed.origin } : example;
};

/** Names that stand first in our own paths: a proxy that strips such a prefix would make them ambiguous. */
const ownNames = new Set(
  "api assets c devices docs enter example healthz invitations invite livez openapi.json people privacy readyz reset setup signin ws".split(
    " ",
  ),
);

/** An origin, with a path where this server shares it with others. */
export const site: Parse<string> = (text) => {
  const example = { mistake: "an address such as https://example.org or https://example.org/chat" };
  if (!URL.canParse(text)) return example;

  const { protocol, origin: at, pathname, search, hash } = new URL(text);
  const path = pathname.replace(/\/$/, "");
  const isPlain = search === "" && hash === "" && /^(\/[\w.~-]+)*$/.test(path);
  if (!/^https?:$/.test(protocol) || !isPlain) return example;
  if (ownNames.has(path.split("/")[1] ?? ""))
    return { mistake: "an address whose path is none of Parley's own" };
  return { value: `${at}${path}` };
};

export const origins: Parse<readonly string[]> = (text) => {
  const parsed = partsOf(text).map(origin);
  const value = parsed.flatMap((each) => ("value" in each ? each.value : []));
  return value.length === parsed.length
    ? { value }
    : { mistake: "origins such as https://app.example.org, separated by commas" };
};

export const yesNo: Parse<boolean> = (text) =>
  text === "yes" || text === "no" ? { value: text === "yes" } : { mistake: "yes or no" };

export const words: Parse<string> = (text) =>
  /^[\x21-\x7e]{1,200}$/.test(text)
    ? { value: text }
    : { mistake: "1 to 200 characters without spaces" };

export const path: Parse<string> = (text) => ({ value: resolve(text) });

export const addresses: Parse<readonly string[]> = (text) => {
  const value = partsOf(text);
  return value.every(isNetwork)
    ? { value }
    : { mistake: "IP addresses or networks such as 10.0.0.0/8, separated by commas" };
};

export const host: Parse<string> = (text) =>
  isIP(text) !== 0 || /^[a-z0-9.-]+$/i.test(text)
    ? { value: text }
    : { mistake: "a name or an IP address" };

export const secret: Parse<string> = (text) =>
  text.length >= secretCharsMin
    ? { value: text }
    : { mistake: `at least ${secretCharsMin} characters long` };

function partsOf(list: string): string[] {
  return list
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function isNetwork(text: string): boolean {
  const [address = "", bits, ...rest] = text.split("/");
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  if (bits === undefined) return true;

  return /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128);
}
