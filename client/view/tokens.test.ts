import { expect, test } from "bun:test";

const css = await Bun.file(new URL("tokens.css", import.meta.url)).text();

type Tokens = Record<string, string>;

/** The custom properties of the block that begins with `selector`. */
function tokensOf(selector: string): Tokens {
  const start = css.indexOf(`${selector} {`);
  const block = css.slice(start, css.indexOf("\n}", start));
  return Object.fromEntries(
    Array.from(block.matchAll(/--([\w-]+):\s*([^;]+);/g), (match) => [match[1]!, match[2]!]),
  );
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

/** WCAG 2: from 1 to 21. */
function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

const light = tokensOf(":root");
const themes: [string, Tokens][] = [
  ["light", light],
  ["dark", { ...light, ...tokensOf(':root[data-theme="dark"]') }],
];
const surfaces = ["paper", "side", "raised", "hover", "selected", "mention", "found"];
const inks = ["text", "text-2", "text-3", "accent", "danger", "ok", "away"];
const fills = [
  "accent-fill",
  "danger-fill",
  ...Array.from({ length: 8 }, (_, at) => `avatar-${at + 1}`),
];

function pairs(fronts: readonly string[], backs: readonly string[]): [string, string][] {
  return fronts.flatMap((front) => backs.map((back): [string, string] => [front, back]));
}

for (const [theme, tokens] of themes) {
  const tooFaint = (wanted: [string, string][], least: number) =>
    wanted
      .map(([front, back]) => ({ front, back, is: contrast(tokens[front]!, tokens[back]!) }))
      .filter(({ is }) => !(is >= least));

  test(`U2: every ink can be read on every surface (${theme})`, () => {
    expect(tooFaint(pairs(inks, surfaces), 4.5)).toEqual([]);
  });

  test(`U2: white can be read on every fill and avatar (${theme})`, () => {
    expect(tooFaint(pairs(["on-fill"], fills), 4.5)).toEqual([]);
  });

  test(`U2: the border of an input can be seen (${theme})`, () => {
    expect(tooFaint(pairs(["line-strong"], ["paper", "side", "raised"]), 3)).toEqual([]);
  });
}

test("the dark theme names every colour that the light one has, but for what stays", () => {
  const dark = tokensOf(':root[data-theme="dark"]');
  const stays = /^(on-fill|code-paper|code-ink|avatar-\d|shadow|veil)$/;
  const colours = Object.keys(light).filter((name) => /#|rgb/.test(light[name]!));
  expect(colours.filter((name) => !(name in dark) && !stays.test(name))).toEqual([]);
  expect(colours.length).toBeGreaterThan(20);
});
