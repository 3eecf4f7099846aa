import { generate } from "lean-qr";

/** Empty modules that a camera needs around a code (ISO/IEC 18004). */
export const quietModules = 4;

/** Black on white in numbers that no theme changes: many cameras read nothing else. */
const paper = { begin: "\u001b[38;5;16;48;5;231m", end: "\u001b[0m" };

/** Upper and lower half of a character are two modules, so that a module is about a square. */
const halves = [
  [" ", "▄"],
  ["▀", "█"],
] as const;

/** A QR code as lines for a terminal. */
export function qrLines(text: string): string[] {
  const code = generate(text);
  const [begin, end] = [-quietModules, code.size + quietModules];
  const lines: string[] = [];
  for (let y = begin; y < end; y += 2) {
    let line = "";
    for (let x = begin; x < end; x++) {
      line += halves[Number(code.get(x, y)) as 0 | 1][Number(code.get(x, y + 1)) as 0 | 1];
    }
    lines.push(`${paper.begin}${line}${paper.end}`);
  }
  return lines;
}
