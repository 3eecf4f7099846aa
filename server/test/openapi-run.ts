import { expect } from "bun:test";
import fc from "fast-check";
import { people } from "./people.ts";
import { faultsOf, type OpenApi, operationsOf, valuesOf } from "./openapi.ts";
import { RestClient } from "./rest-client.ts";
import { startServer } from "./start-server.ts";

/** Generated requests to every operation of the document, from three people: no answer is a fault of ours, and each is of its schema. */
export async function runOperations(requestsEach: number): Promise<number> {
  await using server = await startServer({ changes: { logLevel: "error" } });
  const [ada, grace, linus] = await Promise.all(
    [people.ada, people.grace, people.linus].map((person) => server.signIn(person)),
  );
  await server.sql`update users set role = 'owner' where id = ${ada!.id}`;
  const callers = [ada, grace, linus, undefined].map((me) => new RestClient(server, me));
  const wish = { kind: "group", id: Bun.randomUUIDv7(), name: "ground", users: [grace!.id] };
  const { id: channel } = (await callers[0]!.post("/channels", wish)).json;
  const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as OpenApi;
  const known = [channel, ada!.id, grace!.id, linus!.id, 1, 4];
  let requests = 0;

  // What streams has tests of its own: it ends when it likes.
  const streams = /^\/api\/v1\/stream/;
  for (const { method, path, operation } of operationsOf(document)) {
    if (streams.test(path)) continue;

    const parameters = operation.parameters ?? [];
    const schema = operation.requestBody?.content?.["application/json"]?.schema;
    const asked = fc.record({
      caller: fc.constantFrom(...callers),
      values: fc.tuple(...parameters.map((each) => valuesOf(each.schema, document, known))),
      isGiven: fc.tuple(...parameters.map(() => fc.boolean())),
      body: schema ? valuesOf(schema, document, known) : fc.constant(undefined),
    });
    await fc.assert(
      fc.asyncProperty(asked, async ({ caller, values, isGiven, body }) => {
        let at = path.replace("/api/v1", "");
        const query = new URLSearchParams();
        parameters.forEach(({ name, in: place }, index) => {
          const value = values[index];
          const text = (typeof value === "string" ? value : JSON.stringify(value)).toWellFormed();
          if (place === "query") {
            if (isGiven[index]) query.set(name, text);
          } else at = at.replace(`{${name}}`, encodeURIComponent(text) || "-");
        });
        const answer = await caller.call(method, `${at}${query.size > 0 ? `?${query}` : ""}`, body);
        requests++;
        const name = `${method} ${at} ${JSON.stringify(body)} → ${answer.status}`;
        expect(answer.status < 500 ? "" : `${name} ${JSON.stringify(answer.json)}`).toBe("");
        const declared = operation.responses[answer.status] ?? operation.responses["default"];
        const [content] = Object.values(declared?.content ?? {});
        const faults = content ? faultsOf(answer.json, content.schema, document) : [];
        expect([name, faults]).toEqual([name, []]);
        if (!content) expect([name, answer.json]).toEqual([name, ""]);
      }),
      { numRuns: requestsEach, endOnFailure: true },
    );
  }
  // It works as if nothing had been.
  const said = { clientMessageId: Bun.randomUUIDv7(), body: "still here" };
  const fresh = await callers[0]!.post("/channels", { ...wish, id: Bun.randomUUIDv7() });
  const sent = await callers[0]!.post(`/channels/${fresh.json.id}/messages`, said);
  expect(sent.status).toBe(201);
  return requests;
}
