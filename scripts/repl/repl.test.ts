import { expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findWithin } from "#lib/wait.ts";
import { people } from "../../server/test/people.ts";
import { TestSupervisor } from "../../server/test/supervisor.ts";

setDefaultTimeout(30_000);

class DataDirectory implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), "parley-repl-"));
  constructor() {
    chmodSync(this.path, 0o711);
  }
  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** The prompt as a process: a line goes in, and what it says is waited for. */
function startPrompt(settings: Record<string, string>) {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "repl.ts")], {
    env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "/", ...settings },
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
  });
  let text = "";
  const waiting: (() => void)[] = [];
  const wake = (): void => {
    for (const each of waiting.splice(0)) each();
  };
  const reading = (async () => {
    for await (const bytes of child.stdout) {
      text += new TextDecoder().decode(bytes);
      wake();
    }
    wake();
  })();
  const said = async (words: string, from: number): Promise<void> => {
    while (!text.slice(from).includes(words)) {
      await new Promise<void>((resolve) => waiting.push(resolve));
      if (child.exitCode !== null && !text.slice(from).includes(words)) throw new Error(text);
    }
  };
  return {
    child,
    says: (words: string) => said(words, 0),
    read: () => text,
    /** Types a line and resolves when its answer holds these words. */
    async asks(line: string, words: string): Promise<void> {
      const from = text.length;
      void child.stdin.write(`${line}\n`);
      void child.stdin.flush();
      await said(words, from);
    },
    async ends(): Promise<number> {
      void child.stdin.end();
      const code = await child.exited;
      await reading;
      return code;
    },
  };
}

const post = async (url: string, path: string, body: object, token = "") => {
  const answer = await fetch(`${url}/api/v1${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  return (await answer.json()) as { accessToken: string; link: string; id: number };
};
const codeOf = (link: string) => new URL(link).hash.replace("#code=", "");

test("beside a running server the prompt reads the database, and talks as somebody by a session that ends with it", async () => {
  using data = new DataDirectory();
  await using supervisor = new TestSupervisor({ DATA_DIR: data.path });
  const { url, link } = await supervisor.ready();
  const owner = await post(url, "/setup", { code: codeOf(link!), ...people.ada });
  const terms = { usesMax: 1, expiresInHours: 1 };
  const invitation = await post(url, "/invitations", terms, owner.accessToken);
  const grace = await post(url, "/invitations/accept", {
    code: codeOf(invitation.link),
    ...people.grace,
  });
  const { id } = await post(url, "/channels", { kind: "direct", user: 1 }, grace.accessToken);

  const prompt = startPrompt({ DATA_DIR: data.path });
  await prompt.says(`at ${url}. At hand:`);
  await prompt.asks(
    "(await people()).map(({ name }) => name).join(' and ')",
    "Ada Lovelace and Grace Hopper",
  );
  await prompt.asks(
    "(await sql`select count(*)::int as n from sessions where ended_at is null`)[0].n",
    "2",
  );
  await prompt.asks("await as('nobody@parley.test')", "Nobody is called nobody@parley.test");
  await prompt.asks("ada = await as('ada@parley.test'); ada.get().me.name", "Ada Lovelace");
  await prompt.asks("ada.open('dm-1-2'); 'opened'", "opened");
  await prompt.asks(
    "await new Promise((done) => { const look = () => ada.send('from the prompt') ? done('sent') : setTimeout(look, 20); look(); })",
    "sent",
  );
  const heard = await findWithin(10_000, async () => {
    const answer = await fetch(`${url}/api/v1/channels/${id}/messages`, {
      headers: { authorization: `Bearer ${grace.accessToken}` },
    });
    const { messages } = (await answer.json()) as { messages: { body: string }[] };
    return messages.find(({ body }) => body === "from the prompt");
  });
  expect(heard).toMatchObject({ authorId: 1 });
  const clientMessageId = Bun.randomUUIDv7();
  await post(
    url,
    `/channels/${id}/messages`,
    { clientMessageId, body: "an answer" },
    grace.accessToken,
  );
  await prompt.says("Grace Hopper: an answer");
  expect(await prompt.ends()).toBe(0);

  const again = startPrompt({ DATA_DIR: data.path });
  await again.says("At hand:");
  await again.asks(
    "(await sql`select count(*)::int as n from sessions where ended_at is null`)[0].n",
    "2",
  );
  expect(await again.ends()).toBe(0);
});

test("where none runs the prompt starts a server for itself, on loopback, and ends it", async () => {
  using data = new DataDirectory();
  const prompt = startPrompt({ DATA_DIR: data.path, LOG_LEVEL: "error" });
  await prompt.says(" at http://localhost:");
  await prompt.asks("(await people()).length", "0");
  const [, port] = /localhost:(\d+)/.exec(prompt.read())!;
  expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);
  // Another address of this machine, which a server for everybody would answer too.
  expect(fetch(`http://127.0.0.2:${port}/livez`)).rejects.toThrow();
  expect(await prompt.ends()).toBe(0);
  expect(await Bun.file(join(data.path, "running.json")).exists()).toBe(false);
});

test("settings that can't be read are a sentence at the prompt too", async () => {
  const prompt = startPrompt({ PORT: "none" });
  expect(await prompt.child.exited).toBe(1);
  expect(await new Response(prompt.child.stderr).text()).toStartWith("PORT must be an integer");
});
