/** Clients that are not ours, on a whole server that is restarted beneath them. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { people } from "../../server/test/people.ts";
import { type Device, Stage } from "../test/stage.ts";
import { says, shows } from "../test/conversation.ts";

setDefaultTimeout(40_000);

const textOf = (name: string) => Bun.file(`${import.meta.dir}/${name}`).text();
const python = Bun.which("python3");
let stage: Stage;
let grace: Device;

beforeAll(async () => {
  stage = await Stage.open();
  await stage.invite(people.grace);
  grace = await stage.device(people.grace);
  await grace.page.goto(`${stage.url}/people`);
  await grace.page
    .getByRole("button", { name: /Ada Lovelace/ })
    .last()
    .click();
  await grace.page.waitForURL(/\/c\/dm-1-2$/);
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

/** A Python client of Ada's, whose lines are waited for. */
function startPython() {
  const child = Bun.spawn(
    [python!, `${import.meta.dir}/parley.py`, stage.url, people.ada.email, "dm-1-2"],
    {
      env: { ...process.env, PASSWORD: people.ada.password },
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
    },
  );
  const lines: string[] = [];
  const waiting: (() => void)[] = [];
  const reading = (async () => {
    let rest = "";
    for await (const bytes of child.stdout) {
      rest += new TextDecoder().decode(bytes);
      const whole = rest.split("\n");
      rest = whole.pop()!;
      lines.push(...whole);
      for (const wake of waiting.splice(0)) wake();
    }
  })();
  return {
    lines,
    says(line: string): void {
      void child.stdin.write(`${line}\n`);
      void child.stdin.flush();
    },
    async hears(body: string): Promise<void> {
      while (!lines.some((line) => line.endsWith(`: ${body}`))) {
        await new Promise<void>((wake) => waiting.push(wake));
      }
    },
    async [Symbol.asyncDispose]() {
      void child.stdin.end(); // The end of its input is its own.
      await child.exited;
      await reading;
    },
  };
}

test("E1 E2 E3 E6: a client in Python signs in, says and hears, and over a restart of the server loses and doubles nothing", async () => {
  await using ada = startPython();
  ada.says("hello from Python");
  await shows(grace.page, ["hello from Python"]);
  await says(grace.page, "hello Python");
  await ada.hears("hello Python");
  const restarting = stage.restart();
  ada.says("said while it was away, one");
  ada.says("said while it was away, two");
  await says(grace.page, "mine from meanwhile");
  await restarting;
  await grace.page.evaluate(() => dispatchEvent(new Event("online")));
  await ada.hears("mine from meanwhile");
  await grace.page.locator(".message-body", { hasText: "away, two" }).waitFor();
  ada.says("after it");
  await shows(grace.page, ["after it"]);
  const shown = await grace.page.locator(".message-body").allInnerTexts();
  const own = shown.filter(
    (body) => body.includes("Python") || body.includes("while") || body.includes("after"),
  );
  expect(own.toSorted()).toEqual(
    [
      "after it",
      "hello Python",
      "hello from Python",
      "mine from meanwhile",
      "said while it was away, one",
      "said while it was away, two",
    ].toSorted(),
  );
  expect(own.indexOf("said while it was away, one")).toBeLessThan(
    own.indexOf("said while it was away, two"),
  );
  expect(ada.lines.filter((line) => line.includes("mine"))).toHaveLength(1);
});

test("E1 E2 E3 E4: forty lines in a browser's console do the same over JSON", async () => {
  const ada = await stage.device(people.ada);
  await ada.page.goto(`${stage.url}/people`);
  await ada.page.evaluate(await textOf("console.js"));
  await ada.page.evaluate(`parley("dm-1-2").then((talk) => (globalThis.talk = talk))`);
  const hears = (body: string) =>
    ada.page.waitForFunction(
      (wanted) =>
        (globalThis as never as { talk: { heard: string[] } }).talk.heard.includes(wanted),
      body,
    );
  const say = (body: string) => ada.page.evaluate(`talk.say(${JSON.stringify(body)})`);
  await say("hello from the console");
  await shows(grace.page, ["hello from the console"]);
  await says(grace.page, "hello console");
  await hears("hello console");
  const restarting = stage.restart();
  await say("from the console meanwhile");
  await says(grace.page, "mine once more");
  await restarting;
  await grace.page.evaluate(() => dispatchEvent(new Event("online")));
  await hears("mine once more");
  await grace.page.locator(".message-body", { hasText: "console meanwhile" }).waitFor();
  const heard = await ada.page.evaluate(
    `talk.heard.filter((body) => body === "mine once more").length`,
  );
  expect(heard).toBe(1);
  const shown = await grace.page
    .locator(".message-body", { hasText: "from the console meanwhile" })
    .count();
  expect(shown).toBe(1);
});

test("they are as short as they say: 100 lines of Python without a package, 40 of JavaScript", async () => {
  const count = (text: string) => text.trimEnd().split("\n").length;
  expect(count(await textOf("parley.py"))).toBeLessThanOrEqual(100);
  expect(count(await textOf("console.js"))).toBeLessThanOrEqual(40);
});
