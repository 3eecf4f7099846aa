/** A table as README.md has them; its first row is the head, numbers stand to the right. */
export function markdownTable(rows: readonly (readonly string[])[], numbersFrom: number): string {
  const [head, ...body] = rows.map((row) => `| ${row.map(plain).join(" | ")} |`);
  const line = rows[0]!.map((_, column) => (column < numbersFrom ? "---" : "---:"));
  return [head, `| ${line.join(" | ")} |`, ...body].join("\n");
}

/** A bar would end the cell. */
function plain(text: string): string {
  return text.replaceAll("|", "\\|");
}
