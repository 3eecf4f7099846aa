/** What the documents and the files beside them promise, as far as it can be looked up. */
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { readSources } from "./sources.ts";

const sources = await readSources();
const textOf = (path: string) => sources.find((source) => source.path === path)!.text;
const manifest = JSON.parse(textOf("package.json"));

/** Links and pictures of a document that lead to a file of the project. */
function linksOf(text: string): string[] {
  const links = text.matchAll(/\]\(([^)#\s]+)[^)]*\)|\b(?:src|srcset|href)="([^"#]+)"/g);
  return Array.from(links, (match) => (match[1] ?? match[2])!).filter(
    (link) => !/^[a-z]+:/.test(link),
  );
}

test("every link of a document leads somewhere", () => {
  const documents = sources.filter(({ path }) => path.endsWith(".md"));
  const lost = documents.flatMap(({ path, text }) =>
    linksOf(text)
      .filter((link) => !existsSync(join(dirname(path), link)))
      .map((link) => `${path} → ${link}`),
  );
  expect(lost).toEqual([]);
});

test("a link that leads nowhere is seen", () => {
  expect(linksOf('[a](b.md#c) ![d](e.png "f") <img src="g.png"> [h](https://i.test)')).toEqual([
    "b.md",
    "e.png",
    "g.png",
  ]);
});

test("every command that a document tells one to run exists", () => {
  const named = sources
    .filter(({ path }) => path.endsWith(".md"))
    .flatMap(({ text }) => Array.from(text.matchAll(/\bnpm run ([a-z:]+)/g), (match) => match[1]!));
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !(name in manifest.scripts))).toEqual([]);
});

test("the image copies what there is, runs it as an ordinary user and says when it is well", () => {
  const lines = textOf("Dockerfile").replaceAll("\\\n", " ").split("\n");
  const copied = lines
    .filter((line) => line.startsWith("COPY ") && !line.includes("--from="))
    .flatMap((line) => line.split(/\s+/).slice(1, -1));
  const ignored = textOf(".dockerignore").split("\n");
  expect(copied.filter((path) => !existsSync(path))).toEqual([]);
  expect(copied.filter((path) => !ignored.includes(`!${path}`))).toEqual([]);

  const bunVersion = /bunVersion = "([\d.]+)"/.exec(textOf("scripts/bun.mjs"))![1];
  const images = lines.filter((line) => line.startsWith("FROM "));
  expect(images.length).toBeGreaterThan(1);
  expect(images.every((line) => line.includes(`oven/bun:${bunVersion}-`))).toBe(true);

  const started = lines.findIndex((line) => line.startsWith("ENTRYPOINT "));
  const user = lines.findLastIndex((line) => line.startsWith("USER "));
  expect(user).toBeGreaterThan(lines.findLastIndex((line) => line.startsWith("FROM ")));
  expect(user).toBeLessThan(started);
  expect(lines[user]).not.toMatch(/root|\b0\b/);
  expect(existsSync(JSON.parse(lines[started]!.slice("ENTRYPOINT ".length))[1])).toBe(true);
  expect(lines.some((line) => line.startsWith("HEALTHCHECK ") && line.includes("/readyz"))).toBe(
    true,
  );
});

test("the workflow only calls npm test", () => {
  const workflow = textOf(".github/workflows/ci.yml");
  expect(workflow.trimEnd().split("\n").length).toBeLessThanOrEqual(25);
  expect(workflow.match(/run: .*/g)).toEqual(["run: npm test"]);
});

test("the changelog knows the version", () => {
  expect(textOf("CHANGELOG.md")).toContain(`## ${manifest.version} `);
  expect(manifest.version).toMatch(/^0\./);
});

test("there is one lock file, and the versions in the manifest are exact", () => {
  expect(
    ["package-lock.json", "yarn.lock", "pnpm-lock.yaml", "bun.lockb"].filter(existsSync),
  ).toEqual([]);
  const versions = Object.values<string>({ ...manifest.dependencies, ...manifest.devDependencies });
  expect(versions.filter((version) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
});
