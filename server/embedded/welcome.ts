import { qrLines } from "./qr.ts";

/** What is known when people can come in. */
export interface Ready {
  readonly version: string;
  readonly url: string;
  /** The set-up link, while there is no owner. */
  readonly link: string | undefined;
  readonly dataDir: string;
  /** Said where the data had to move. */
  readonly moved: string | undefined;
  /** Where other devices of the network find it; undefined where links name another address, or nobody gets through. */
  readonly lanUrl: string | undefined;
  /** What is missing for the use of all cores. */
  readonly missing: string | undefined;
  /** It listens for this machine alone, and links say so. */
  readonly isAlone: boolean;
}

const labelColumns = 22;

/** What whoever started it reads on their terminal. */
export function welcomeLines(ready: Ready): string[] {
  const { version, url, link, dataDir, moved, lanUrl, missing, isAlone } = ready;
  return [
    ...(moved === undefined ? [] : [moved]),
    ...(missing === undefined ? [] : [missing]),
    "",
    line(`Parley ${version} is at`, url),
    ...(link === undefined ? [] : [line("Become its owner at", link)]),
    ...(lanUrl === undefined
      ? []
      : ["", line("From your network", lanUrl), "", ...qrLines(lanUrl), ""]),
    ...(isAlone ? [line("From your network", "not yet: HOST=0.0.0.0 lets other devices in.")] : []),
    line("Its data lies in", dataDir),
    "Ctrl-C ends it.",
  ];
}

function line(what: string, value: string): string {
  return `${what.padEnd(labelColumns)}${value}`;
}
