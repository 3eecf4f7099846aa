/** The parts of a document that a test compares with code. */
export interface Section {
  /** The heading's text, backticks left out. */
  readonly title: string;
  readonly text: string;
}

/** Everything from each heading to the next, of whatever depth. */
export function sectionsOf(markdown: string): Section[] {
  return markdown.split(/^#+ /m).map((part) => {
    const [title = "", ...lines] = part.split("\n");
    return { title: title.replaceAll("`", ""), text: lines.join("\n") };
  });
}

/** The rows of the tables, heads and rules left out, cells trimmed and backticks taken from those that are one code. */
export function tableRowsOf(markdown: string): string[][] {
  const lines = markdown.split("\n").map((line) => line.trim());
  const isRule = (line: string | undefined): boolean => /^\|[\s:|-]+\|$/.test(line ?? "");
  return lines
    .filter((line, index) => line.startsWith("|") && !isRule(line) && !isRule(lines[index + 1]))
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim().replace(/^`([^`]*)`$/, "$1")),
    );
}
