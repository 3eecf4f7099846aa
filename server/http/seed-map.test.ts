/** What other systems call our routes and events: every row stands there, and what it names exists. */
import { expect, test } from "bun:test";
import { opcode } from "#wire/opcode.ts";
import { tableRowsOf } from "../test/markdown.ts";
import { policy } from "./policy.ts";
import { readableEventNames } from "./readable-events.ts";

const text = await Bun.file(`${import.meta.dir}/README.md`).text();
const rows = tableRowsOf(text)
  .filter(([id = ""]) => /^[RE]\d+$/.test(id))
  // A cell that is one code has lost its backticks.
  .map((row) => row.map((cell) => (cell.includes("`") ? cell : `\`${cell}\``)));
const bare = (cell = ""): string => cell.replaceAll("`", "");

test("R35 E2: every endpoint R1 to R36 and event E1 to E9 of other systems has its line, once", () => {
  const expected = [
    ...Array.from({ length: 36 }, (_, at) => `R${at + 1}`),
    ...Array.from({ length: 9 }, (_, at) => `E${at + 1}`),
  ];
  expect(rows.map(([id]) => bare(id))).toEqual(expected);
});

test("R22 R23: every route that it names answers, and what answers nothing yet says with what it will come", () => {
  const routes = new Set(Object.keys(policy));
  for (const [id, , ours = "", state = ""] of rows) {
    const named = [
      ...ours.matchAll(
        /(?:`(GET|POST|PUT|PATCH|DELETE)` )?`(?:(GET|POST|PUT|PATCH|DELETE) )?(\/[^`?]*)/g,
      ),
    ];
    for (const [, one, two, path = ""] of named) {
      if (path === "/ws") continue;
      for (const method of [one, two].filter(Boolean)) {
        const route = `${method} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`;
        expect([id, route, routes.has(route)]).toEqual([id, route, true]);
      }
    }
    if (bare(ours) === "–")
      expect([id, bare(state)]).toEqual([id, expect.stringMatching(/^with /)]);
  }
});

test("E3 E4 E5: every command and event that it names is of the protocol", () => {
  for (const [id = "", , ours = ""] of rows) {
    if (!bare(id).startsWith("E") || bare(ours) === "–") continue;
    const words = [...ours.matchAll(/`([a-z]\w*)`/gi)].map(([, word]) => word!);
    const others = new Set(["authorId", "body", "createdAt", "message", ...readableEventNames]);
    const unknown = words.filter((word) => !(word in opcode) && !others.has(word));
    expect([id, unknown]).toEqual([id, []]);
  }
});
