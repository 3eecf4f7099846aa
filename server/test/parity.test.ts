/** `parley.v1.json` and `parley.v1` side by side on one server: what each is told, and what each says, is the same. */
import { expect, test } from "bun:test";
import { commandText, decodeAnswers, encodeCommand } from "#wire/codec.ts";
import type { Command } from "#wire/command.ts";
import type { Answer } from "#wire/event.ts";
import { subprotocols } from "#wire/version.ts";
import { people } from "./people.ts";
import { type SignedIn, startServer, type TestServer } from "./start-server.ts";
import { talk } from "./talk.ts";

/** A socket of one encoding that keeps what it hears as it was decoded. */
async function listen(server: TestServer, me: SignedIn, encoding: "binary" | "json") {
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/ws`, subprotocols[encoding]);
  socket.binaryType = "arraybuffer";
  const heard: Answer[] = [];
  let look = (): void => undefined;
  socket.addEventListener("message", ({ data }: MessageEvent<ArrayBuffer | string>) => {
    expect(typeof data).toBe(encoding === "json" ? "string" : "object");
    heard.push(...decodeAnswers(typeof data === "string" ? data : new Uint8Array(data)));
    look();
  });
  await new Promise((resolve) => socket.addEventListener("open", resolve, { once: true }));
  const says = (command: Command): void =>
    socket.send(
      encoding === "json"
        ? commandText(command)
        : (encodeCommand(command) as Uint8Array<ArrayBuffer>),
    );
  says({ op: "hello", ref: 1, token: me.token, epoch: "", streams: [] });
  return {
    says,
    heard,
    async until(accepts: (answer: Answer) => boolean): Promise<void> {
      while (!heard.some(accepts)) await new Promise<void>((resolve) => (look = resolve));
    },
    [Symbol.dispose]: () => socket.close(),
  };
}

test("E3 E4: two sockets of one person, one of each encoding, are told the same in the same order, and refused in the same words", async () => {
  await using server = await startServer();
  const [ada, grace] = [await server.signIn(people.ada), await server.signIn(people.grace)];
  await using other = await talk(server, grace, ada);
  const { channel } = other;
  await other.says('before, with a 字, a 🎉, "quotes" and\na line');
  using binary = await listen(server, ada, "binary");
  using json = await listen(server, ada, "json");
  const both = [binary, json];
  for (const each of both) {
    await each.until(({ op }) => op === "caughtUp");
    each.says({ op: "open", ref: 2, channel, epoch: "", cursor: 0 });
    await each.until(({ op }) => op === "opened");
    // One after the other: between the replies of several there is no order.
    const questions: Command[] = [
      { op: "members", ref: 3, channel, after: null },
      { op: "people", ref: 4, ids: [grace.id], query: "", after: null },
      { op: "removeMember", ref: 5, channel, user: grace.id },
      { op: "history", ref: 6, channel, before: 1_000_000, limit: 50 },
    ];
    for (const question of questions) {
      each.says(question);
      await each.until((one) => "ref" in one && one.ref === question.ref);
    }
  }
  const marks = both.map(({ heard }) => heard.length);
  await other.gets("done", { op: "typing", channel, typing: true });
  const draft = { clientMessageId: Bun.randomUUIDv7(), body: "said by JSON", rootSeq: null };
  json.says({ op: "send", ref: 7, channel, drafts: [draft] });
  await other.hears(1);
  const last = await other.says("after");
  for (const each of both) {
    await each.until((one) => one.op === "interval" && one.through >= last);
  }

  const events = both.map(({ heard }, at) =>
    heard.slice(marks[at]).filter((one) => one.op === "interval" || one.op === "typingChanged"),
  );
  expect(events[0]!.length).toBeGreaterThan(2);
  expect(events[1]).toEqual(events[0]);
  const replies = both.map(({ heard }) =>
    heard.filter((one) => "ref" in one && one.ref > 1 && one.ref < 7),
  );
  expect(replies[0]!.map(({ op }) => op)).toContain("refusal");
  expect(replies[1]).toEqual(replies[0]);
  const first = both.map(({ heard }) => heard.find(({ op }) => op === "summary"));
  expect(first[0]).toMatchObject({ op: "summary", channel });
  expect(first[1]).toEqual(first[0]);
});
