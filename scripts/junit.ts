/** Reads the reports that `bun test --reporter=junit` writes. */

export interface TestCase {
  /** The names of its groups and its own, as the terminal shows them. */
  readonly name: string;
  readonly file: string;
  readonly seconds: number;
  readonly fate: "passed" | "failed" | "skipped";
}

const entities: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function unescape(text: string): string {
  return text.replace(/&(?:#(\d+)|(\w+));/g, (whole, code: string | undefined, name: string) =>
    code ? String.fromCodePoint(Number(code)) : (entities[name] ?? whole),
  );
}

function attribute(tag: string, name: string): string {
  return unescape(new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? "");
}

/** Every test of a report. A file that could not even be loaded is not in it: look at the exit code too. */
export function parseReport(xml: string): TestCase[] {
  const cases = xml.matchAll(/<testcase\s([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g);
  return Array.from(cases, ([, head = "", inside = ""]) => {
    const tag = ` ${head}`;
    const group = attribute(tag, "classname");
    const name = attribute(tag, "name");
    return {
      name: group ? `${group} > ${name}` : name,
      file: attribute(tag, "file"),
      seconds: Number(attribute(tag, "time")),
      fate: /<(failure|error)\b/.test(inside)
        ? "failed"
        : /<skipped\b/.test(inside)
          ? "skipped"
          : "passed",
    };
  });
}
