/** The project's own files, for the checks that read rather than run. */

/** `code` is the text with comments and the insides of strings blanked, so that a rule meets only code. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly code: string;
}

const ours = ["*", "{server,client,scripts,sql,bench,turn,docs,.ci,.github}/**/*"];
/** In a linked work tree `.git` is a file, which says where on this machine the other one lies. */
const foreign = /(^|\/)(node_modules|dist)\/|^\.git$/;
const readable =
  /\.(tsx?|mjs|css|html|sql|md|json|toml|ya?ml|po)$|(^|\/)(Dockerfile|run|\.[\w.]+)$/;

/** Files that only tests run; they may know more rooms than the product. A suite holds tests that several files run, each in its way. */
export function isTest(path: string): boolean {
  return /\.(test|browser|verify|suite)\.tsx?$/.test(path) || /^(server|client)\/test\//.test(path);
}

/** Tests of the house itself; no row of FEATURES.md is proven by them. */
export const ruleFiles: readonly string[] = [
  "server/layers.test.ts",
  "server/tidy.test.ts",
  "server/features.test.ts",
];

/** Files whose tests may prove a row of FEATURES.md. */
export function isProof(path: string): boolean {
  return (
    /^(server|client|scripts|bench)\/.*\.(test|browser|verify|suite)\.tsx?$/.test(path) &&
    !ruleFiles.includes(path)
  );
}

const uncoded =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g;

/** Line numbers stay what they are; the quotes stay, so that a template still shows as one. */
export function codeOf(text: string): string {
  return text.replace(uncoded, (match) => {
    const lines = match.replace(/[^\n]/g, "");
    const quote = match[0]!;
    return quote === "/" ? lines : `${quote}${lines}${quote}`;
  });
}

/** Every text file of the project, in the order of its path. */
export async function readSources(root = "."): Promise<Source[]> {
  const paths: string[] = [];
  for (const pattern of ours) {
    for await (const path of new Bun.Glob(pattern).scan({ cwd: root, dot: true })) {
      if (!foreign.test(path) && readable.test(path)) paths.push(path);
    }
  }
  return Promise.all(
    paths.sort().map(async (path) => {
      const text = await Bun.file(`${root}/${path}`).text();
      return { path, text, code: codeOf(text) };
    }),
  );
}
