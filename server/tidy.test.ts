/**
 * What the house agreed on and a tool can see. Each rule brings a sample that breaks it: a rule that nothing can break is
 * decoration.
 */
import { expect, test } from "bun:test";
import { allowedSkips } from "../scripts/skips.ts";
import { codeOf, isTest, readSources, type Source } from "../scripts/sources.ts";

interface Rule {
  readonly says: string;
  /** Which files it looks at. */
  readonly files: (path: string) => boolean;
  /** What is wrong there, in the file's own words; empty where nothing is. */
  readonly faults: (source: Source) => string[];
  /** Files that it must reject: path, then text. */
  readonly bad: readonly (readonly [path: string, text: string])[];
}

const isCode = (path: string) => /^(server|client|scripts|bench|turn)\/.*\.(tsx?|mjs)$/.test(path);
const isProduct = (path: string) =>
  /^(server|client|turn)\//.test(path) && isCode(path) && !isTest(path);
const isStyle = (path: string) => path.startsWith("client/") && path.endsWith(".css");
const isTokens = (path: string) => path === "client/view/tokens.css";
/** The samples of these rules stand here, so here they cannot look. */
const isSelf = (path: string) => path === "server/tidy.test.ts";

function matches(text: string, pattern: RegExp): string[] {
  return text.match(new RegExp(pattern, `${pattern.flags.replace("g", "")}g`)) ?? [];
}

function styleOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/url\([^)]*\)/g, "url()");
}

/** Declarations only: conditions of `@media` and `@container` cannot read a custom property. */
function declarationsOf(text: string): string {
  return styleOf(text).replace(/@(media|container|property|font-face)[^{]*\{/g, "{");
}

/** The words of an identifier: `roomKeys` → room, Keys. */
function wordsOf(code: string): string[] {
  return matches(code, /[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g).map((word) => word.toLowerCase());
}

/** The glossary's "never", where a word has no honest use: word, what to say, and where it is another thing. */
const forbiddenWords: [word: RegExp, instead: string, except?: RegExp][] = [
  [/^rooms?$/, "channel", /^scripts\/|^server\/layers\.test\.ts$/],
  [
    /^ws$/,
    "socket",
    /^client\/net\/|^server\/engine\/|^(bench|turn)\/|\.(test|browser|verify)\.ts$/,
  ],
  [/^packets?$/, "frame", /^turn\/|^bench\//],
  [/^payloads?$/, "frame", /^server\/(auth|engine|notify)\//],
  [
    /^(broker|brokers|pubsub)$/,
    "bus",
    /^bench\/|redis[^/]*\.ts$|^server\/test\/workers\.test\.ts$/,
  ], // A command of Redis.
  [/^conversations?$/, "channel", /^client\//], // In the client it is the pane that shows one.
  [/^participants?$/, "member", /^server\/call\/|^client\/(net|view)\/call/],
  [/^(shutdown|teardown)$/, "drain"],
  [/^acks?$/, "reply"],
  [/^(utils?|helpers?|misc)$/, "the name of the thing"],
];

const physical =
  /(?<![\w-])(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right|top|bottom)\b|\bborder-(?:top|bottom)-(?:left|right)-radius\b|(?<![\w-])(?:left|right|top|bottom)\s*:|\b(?:text-align|float|clear)\s*:\s*(?:left|right)\b/;

const rules: Rule[] = [
  {
    says: "a colour has a name in tokens.css",
    files: (path) => isStyle(path) && !isTokens(path),
    faults: ({ text }) =>
      matches(
        declarationsOf(text),
        /(?<=:[^;{}]*)(?:#[\da-f]{3,8}\b|\b(?:rgba?|hsla?|oklch|lab|lch)\([^)]*\)|(?<![\w-])(?:white|black|red|green|blue|gr[ae]y|orange|yellow|purple|silver)(?![\w-]))/i,
      ),
    bad: [
      ["client/view/a.css", ".a { color: #fff; }"],
      ["client/view/a.css", ".a { border: var(--hairline) solid rgb(0 0 0 / 0.1); }"],
      ["client/view/a.css", ".a { background: white; }"],
    ],
  },
  {
    says: "a colour has a name in components too",
    files: (path) => /^client\/.*\.tsx$/.test(path) && !isTest(path),
    faults: ({ text }) => matches(text, /["'`]#(?:[\da-f]{3}|[\da-f]{6})["'`]|\brgba?\(/i),
    bad: [["client/view/a.tsx", 'const dot = "#166D38";']],
  },
  {
    says: "a size, a radius and a duration have names in tokens.css",
    files: (path) => isStyle(path) && !isTokens(path),
    faults: ({ text }) => matches(declarationsOf(text), /(?<![\w-])\d*\.?\d+(?:px|rem|pt|ms|s)\b/),
    bad: [
      ["client/view/a.css", ".a { padding: 12px; }"],
      ["client/view/a.css", ".a { font-size: 0.875rem; }"],
      ["client/view/a.css", ".a { transition: opacity 120ms; }"],
    ],
  },
  {
    says: "a style is written in a style sheet, where the page's policy lets it",
    files: (path) => /^client\/.*\.(tsx|html)$/.test(path) && !isTest(path),
    faults: ({ text }) => matches(text, /\sstyle=(?:"|\{\{|\{`)/),
    bad: [["client/view/a.tsx", '<p style="color: var(--text)">']],
  },
  {
    says: "a style speaks of start and end, never of left and right",
    files: isStyle,
    faults: ({ text }) => matches(styleOf(text), physical),
    bad: [
      ["client/view/a.css", ".a { margin-left: var(--step-8); }"],
      ["client/view/a.css", ".a { left: 0; }"],
      ["client/view/a.css", ".a { text-align: right; }"],
      ["client/view/a.css", ".a { border-top-left-radius: var(--radius-4); }"],
    ],
  },
  {
    says: "of the product only observe/ and the log of the client print",
    files: (path) =>
      // A test may print a figure.
      isProduct(path) && !/^server\/observe\/|^client\/net\/log\.ts$/.test(path),
    faults: ({ code }) => matches(code, /\bconsole\.\w+/),
    bad: [["server/chat/a.ts", 'console.log("here");']],
  },
  {
    says: "nothing is left for later",
    files: (path) => !isSelf(path),
    faults: ({ text }) => matches(text, /\b(?:TODO|FIXME|XXX|HACK)\b/),
    bad: [["server/chat/a.ts", "// TODO: later"]],
  },
  {
    says: "a file is imported where it stands, not through a barrel",
    files: isCode,
    faults: ({ path, code }) => {
      const statements = code.split(";").map((statement) => statement.trim());
      const onlyHandsOn = statements.every((statement) =>
        /^(export\b.*\bfrom\b.*)?$/s.test(statement),
      );
      if (/(^|\/)index\.tsx?$/.test(path)) return [path];
      return onlyHandsOn && code.trim() !== "" ? ["it only exports what others wrote"] : [];
    },
    bad: [
      ["server/chat/index.ts", "export const a = 1;"],
      ["server/chat/all.ts", 'export * from "./a.ts";\nexport { b } from "./b.ts";'],
    ],
  },
  {
    says: "a folder is named after what it is about",
    files: () => true,
    faults: ({ path }) =>
      matches(path, /(?:^|\/)(?:utils?|helpers?|services?|types|common|misc|shared)\//),
    bad: [["server/utils/a.ts", ""]],
  },
  {
    says: "a file has a name in kebab-case",
    files: (path) =>
      /^(server|client|scripts|bench|turn|sql)\//.test(path) && !path.endsWith(".md"),
    faults: ({ path }) =>
      path
        .split("/")
        .filter((part) => !/^(\d{3}_)?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/.test(part)),
    bad: [
      ["server/chat/sendMessage.ts", ""],
      ["client/view/Composer.tsx", ""],
    ],
  },
  {
    says: "a file of more than 400 lines is a question",
    files: (path) => isCode(path) || isStyle(path),
    faults: ({ text }) => {
      const lines = text.split("\n").length - 1;
      return lines > 400 ? [`${lines} lines`] : [];
    },
    bad: [["server/chat/a.ts", "a;\n".repeat(401)]],
  },
  {
    says: "a word of the glossary has one name",
    files: (path) => isCode(path) && !isSelf(path),
    faults: ({ path, code }) => {
      const words = new Set(wordsOf(code.replaceAll("engineRoom", ""))); // It is the name of a channel.
      return forbiddenWords.flatMap(([word, instead, except]) =>
        except?.test(path)
          ? []
          : [...words].filter((each) => word.test(each)).map((each) => `${each}: say ${instead}`),
      );
    },
    bad: [
      ["server/chat/a.ts", "const roomKeys = new Set();"],
      ["server/chat/a.ts", "function drain(ws) {}"],
      ["server/fanout/a.ts", "const redisBroker = connect();"],
      ["server/store/a.ts", "export function readConversations() {}"],
    ],
  },
  {
    says: "a function says what it does",
    files: (path) => isCode(path) && !isSelf(path),
    faults: ({ code }) =>
      matches(
        code,
        /\b(?:function\s+|const\s+)(?:handle|process|manage|do)[A-Z]\w*(?=\s*(?:\(|=\s*(?:async\s*)?\())/,
      ),
    bad: [
      ["server/chat/a.ts", "export function handleMessage(m) {}"],
      ["client/view/a.tsx", "const processInput = (event) => event;"],
    ],
  },
  {
    says: "a page asks in its own words, not in the browser's",
    files: (path) => path.startsWith("client/") && isCode(path),
    faults: ({ code }) => matches(code, /(?<![\w.#])(?:window\.)?(?:alert|confirm|prompt)\(/),
    bad: [["client/view/a.tsx", 'if (confirm("Leave?")) leave();']],
  },
  {
    says: "a page shows what people wrote as text",
    files: (path) => path.startsWith("client/") && isProduct(path),
    faults: ({ code }) =>
      matches(code, /\b(?:dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML)\b/),
    bad: [["client/view/a.tsx", "<p dangerouslySetInnerHTML={{ __html: body }} />"]],
  },
  {
    says: "a test waits for what happens, not for a while",
    files: (path) => /\.(test|browser|verify)\.tsx?$/.test(path) && !isSelf(path),
    faults: ({ code }) =>
      matches(code, /(?<![.\w])(?:sleep|setTimeout)\(|\bBun\.sleep(?:Sync)?\(|\bwaitForTimeout\(/),
    bad: [
      ["server/chat/a.test.ts", "await Bun.sleep(500);"],
      ["client/view/a.browser.ts", "await page.waitForTimeout(500);"],
      ["server/chat/a.test.ts", "await new Promise((resolve) => setTimeout(resolve, 50));"],
    ],
  },
  {
    says: "a test that may be skipped stands in scripts/skips.ts",
    files: (path) => /\.(test|browser|verify)\.tsx?$/.test(path) && !isSelf(path),
    faults: ({ text, code }) => [
      ...matches(code, /\b(?:test|it|describe)\.(?:only|todo|skip|failing)\b/),
      ...Array.from(
        text.matchAll(
          /\b(?:test|it|describe)\.(?:skipIf|todoIf|if)\([^\n]*?\)\(\s*["'`]([^\n]*?)["'`],/g,
        ),
        (match) => match[1]!,
      ).filter((name) => !(name in allowedSkips)),
    ],
    bad: [
      ["server/chat/a.test.ts", 'test.skip("M1: …", () => {});'],
      ["server/chat/a.test.ts", 'test.only("M1: …", () => {});'],
      ["server/chat/a.test.ts", 'test.skipIf(!redis)("M1: nowhere listed", () => {});'],
    ],
  },
  {
    says: "no path of somebody's machine is written down",
    files: (path) => !isSelf(path),
    faults: ({ text }) => matches(text, /(?<![\w.~-])\/(?:root|work|home|Users)\/[\w.-]+/),
    bad: [["server/test/a.ts", 'const data = "/home/ada/data";']],
  },
  {
    says: "a failure is never swallowed without a word",
    files: (path) => isCode(path) && !isSelf(path),
    faults: ({ text }) =>
      matches(text, /\bcatch\s*(?:\([^)]*\)\s*)?\{\s*\}|\.catch\(\(\)\s*=>\s*\{\s*\}\)/),
    bad: [
      ["server/chat/a.ts", "try { leave(); } catch {}"],
      ["server/chat/a.ts", "void leave().catch(() => {});"],
    ],
  },
];

function faultsOf(rule: Rule, sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => rule.files(path))
    .flatMap((source) => rule.faults(source).map((fault) => `${source.path}: ${fault.trim()}`));
}

const sources = await readSources();

test("the rules look at every house, this file included", () => {
  const houses = new Set(sources.map(({ path }) => path.split("/")[0]));
  expect(Array.from(houses)).toEqual(
    expect.arrayContaining(["server", "scripts", "bench", "sql", "package.json"]),
  );
  expect(sources.some(({ path }) => isSelf(path))).toBe(true);
});

test("every name in scripts/skips.ts is the name of a test", () => {
  const tests = sources.filter(({ path }) => isTest(path) && !isSelf(path));
  const stale = Object.keys(allowedSkips).filter(
    (name) => !tests.some(({ text }) => text.includes(`"${name}"`)),
  );
  expect(stale).toEqual([]);
});

for (const rule of rules) {
  test(rule.says, () => {
    expect(faultsOf(rule, sources)).toEqual([]);
  });

  test.each(rule.bad)(`${rule.says}: else %s is rejected (%#)`, (path, text) => {
    expect(faultsOf(rule, [{ path, text, code: codeOf(text) }])).not.toEqual([]);
  });
}
