import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { policy } from "../http/policy.ts";
import { faultsOf, type OpenApi, operationsOf } from "./openapi.ts";
import { runOperations } from "./openapi-run.ts";
import { startServer } from "./start-server.ts";

setDefaultTimeout(30_000);
const server = await startServer();
afterAll(() => server[Symbol.asyncDispose]());
const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as OpenApi;
const operations = operationsOf(document);

test("B34 R35: every route of the interface stands in the document, and nothing else", () => {
  const described = operations.map(
    ({ method, path }) => `${method} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`,
  );
  const routes = Object.keys(policy).filter((name) => name.includes(" /api/v1/"));
  expect(described.toSorted()).toEqual(routes.toSorted());
});

test("B34: every operation has a name of its own, its parameters, what it answers, and who may call it", () => {
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(ids.every((id) => /^[a-z][A-Za-z]+$/.test(id))).toBe(true);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { method, path, operation } of operations) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const declared = (operation.parameters ?? []).filter((each) => each.in === "path");
    expect([path, declared.map(({ name }) => name)]).toEqual([path, inPath as string[]]);
    const rule = policy[`${method} ${path.replaceAll(/\{(\w+)\}/g, ":$1")}`]!;
    expect([path, operation.security !== undefined]).toEqual([path, rule.caller !== "anyone"]);
    const [problem] = Object.keys(operation.responses["default"]?.content ?? {});
    expect([path, problem]).toEqual([path, "application/problem+json"]);
    expect(Object.keys(operation.responses).some((status) => status.startsWith("2"))).toBe(true);
  }
});

test("what checks the answers finds a field that is missing, of another type, or not declared", () => {
  const schema = { type: "object", properties: { id: { type: "integer" } }, required: ["id"] };
  expect(faultsOf({ id: 1 }, schema, document)).toEqual([]);
  expect(faultsOf({}, schema, document)).toEqual([".id is missing"]);
  expect(faultsOf({ id: "1" }, schema, document)).toEqual([".id is string, not integer"]);
  expect(faultsOf({ id: 1, more: 1 }, schema, document)).toEqual([".more is not declared"]);
});

test("S5 D22: whatever is sent to whichever route, no answer is a fault of ours and each is of its schema", async () => {
  const requests = await runOperations(40);
  expect(requests).toBeGreaterThan(40 * (operations.length - 6));
});
