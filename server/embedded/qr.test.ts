import { expect, test } from "bun:test";
import { generate } from "lean-qr";
import { qrLines, quietModules } from "./qr.ts";

const address = "http://192.168.178.23:3000";

/** The modules that lines show, row by row. */
function modulesOf(lines: readonly string[]): boolean[][] {
  return lines.flatMap((line) => {
    const characters = [...Bun.stripANSI(line)];
    return [
      characters.map((each) => each === "▀" || each === "█"),
      characters.map((each) => each === "▄" || each === "█"),
    ];
  });
}

test("the lines show every module of the code, with the quiet zone that a camera needs", () => {
  const code = generate(address);
  const modules = modulesOf(qrLines(address));
  const width = code.size + 2 * quietModules;
  expect(modules.every((row) => row.length === width)).toBe(true);
  expect(modules.length).toBe(width + (width % 2)); // Two rows to a line.
  modules.forEach((row, y) =>
    row.forEach((isDark, x) => {
      expect(isDark).toBe(code.get(x - quietModules, y - quietModules));
    }),
  );
  expect(modules.slice(0, quietModules).flat()).not.toContain(true);
});

test("it is black on white on every terminal, and fits into the narrowest", () => {
  for (const line of qrLines(address)) {
    expect(line).toStartWith("\u001b[38;5;16;48;5;231m");
    expect(line).toEndWith("\u001b[0m");
    expect(Bun.stripANSI(line).length).toBeLessThanOrEqual(80);
  }
});
