/** Reads FEATURES.md and finds, by the ids in the names of tests, what proves its rows. */

export const states = ["works", "partly", "not yet"] as const;

export interface FeatureRow {
  readonly id: string;
  readonly sentence: string;
  readonly state: (typeof states)[number];
  readonly proof: string;
}

const rowPattern = /^\| ([A-Z]{1,2}\d+) \| (.+?) \| ([a-z ]+?) \| (.*?) ?\|$/;

/** Throws where a row has no known state, or an id stands twice. */
export function parseFeatures(text: string): FeatureRow[] {
  const rows = text
    .split("\n")
    .map((line) => rowPattern.exec(line))
    .filter((match) => match !== null)
    .map(([, id, sentence, word, proof]) => {
      const state = states.find((each) => each === word);
      if (!state)
        throw new Error(`FEATURES.md: ${id} is "${word}", not one of ${states.join(", ")}`);
      return { id: id!, sentence: sentence!, state, proof: proof! };
    });
  const ids = new Set<string>();
  for (const { id } of rows) {
    if (ids.has(id)) throw new Error(`FEATURES.md: ${id} stands twice`);
    ids.add(id);
  }
  return rows;
}

const naming = /((?:[A-Z]{1,2}\d+)(?:(?:, ?| and | )[A-Z]{1,2}\d+)*): /;

/** The ids that a test's name claims to prove: "M3, M4: …" → M3, M4. */
export function idsOf(name: string): string[] {
  const claim = new RegExp(`(?:^|> )${naming.source}`).exec(name)?.[1];
  return claim?.match(/[A-Z]{1,2}\d+/g) ?? [];
}

/** The test files that name each id, in the order of their paths. */
export function proofsIn(
  files: readonly { readonly path: string; readonly text: string }[],
): Map<string, string[]> {
  const proofs = new Map<string, string[]>();
  for (const { path, text } of files) {
    const names = text.matchAll(new RegExp(`["'\`]${naming.source}`, "g"));
    const ids = new Set(Array.from(names, ([, claim]) => claim!.match(/[A-Z]{1,2}\d+/g)!).flat());
    for (const id of ids) proofs.set(id, [...(proofs.get(id) ?? []), path]);
  }
  return proofs;
}

/** The same document with its proof column as the tests have it. */
export function withProofs(text: string, proofs: ReadonlyMap<string, readonly string[]>): string {
  return text
    .split("\n")
    .map((line) => {
      const match = rowPattern.exec(line);
      if (!match) return line;
      const [, id, sentence, state] = match;
      const links = (proofs.get(id!) ?? []).map((path) => `[${path.split("/").at(-1)}](${path})`);
      return `| ${id} | ${sentence} | ${state} | ${links.join(" ")}${links.length > 0 ? " " : ""}|`;
    })
    .join("\n");
}
