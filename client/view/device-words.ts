import { i18n } from "../locale/i18n.ts";

/** The first that fits counts: most browsers also say that they are the others. */
const browsers: readonly (readonly [name: string, sign: RegExp])[] = [
  ["Edge", /\bEdg(?:e|A|iOS)?\//],
  ["Opera", /\bOPR\//],
  ["Samsung Internet", /\bSamsungBrowser\//],
  ["Firefox", /\b(?:Firefox|FxiOS)\//],
  ["Chrome", /\b(?:Chrome|CriOS|Chromium)\//],
  ["Safari", /\bSafari\//],
  ["curl", /^curl\//],
  ["Python", /\bpython\b/i],
];
const systems: readonly (readonly [name: string, sign: RegExp])[] = [
  ["iPhone", /\biPhone\b/],
  ["iPad", /\biPad\b/],
  ["Android", /\bAndroid\b/],
  ["Windows", /\bWindows\b/],
  ["macOS", /\bMac OS X\b|\bMacintosh\b/],
  ["ChromeOS", /\bCrOS\b/],
  ["Linux", /\bLinux\b/],
];

function nameIn(names: typeof browsers, agent: string): string | undefined {
  return names.find(([, sign]) => sign.test(agent))?.[0];
}

/** What a browser calls itself, in words that its owner knows: Firefox on Linux. */
export function deviceName(agent: string): string {
  const browser = nameIn(browsers, agent);
  const system = nameIn(systems, agent);
  if (browser && system) return i18n.t("{browser} on {system}", { browser, system });
  return browser ?? system ?? i18n.t("Unknown device");
}

/** Whether one holds it in the hand. */
export function isHandheld(agent: string): boolean {
  return /\b(?:iPhone|iPad|Android|Mobile)\b/.test(agent);
}
