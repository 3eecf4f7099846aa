/** Two people in two windows, on a whole server, and every plug that can be pulled. Run once for every transport. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { pause } from "#lib/wait.ts";
import { people } from "../../server/test/people.ts";
import { pastName } from "./browser.ts";
import {
  allStored,
  barSays,
  bodies,
  keepsDrafts,
  says,
  shows,
  talkThrough,
} from "./conversation.ts";
import { fetchedBeforeUse, firstLoadBytesMax, noteUse, streamedBytesMax } from "./loading.ts";
import { type Device, Stage } from "./stage.ts";

interface Suite {
  readonly isStreamed: boolean;
  /** What the browsers call the server. */
  readonly host?: string;
}

/** Defines the suite's tests in the file that calls it. */
export function talkOfTwo({ isStreamed, host = "127.0.0.1" }: Suite): void {
  setDefaultTimeout(30_000);

  let stage: Stage;
  let ada: Device;
  let grace: Device;

  beforeAll(async () => {
    stage = await Stage.open({ isWebSocketBlocked: isStreamed, host });
    await stage.invite(people.grace);
    ada = await stage.device(people.ada);
    grace = await stage.device(people.grace);
  });
  afterAll(async () => {
    await stage[Symbol.asyncDispose]();
  });

  test("P1 U1: they find each other in the list of people and see each other online", async () => {
    // Loaded there and not led there: the question is older than the socket.
    await grace.page.goto(`${stage.url}/people`);
    const row = grace.page.getByRole("button", { name: /Ada Lovelace/ });
    await row.getByText("online").waitFor();
    await grace.page.getByRole("searchbox").fill("love");
    await row.waitFor();
  });

  test("C1 C10 W2: a direct message that one opens appears in the other's list at once", async () => {
    await grace.page
      .getByRole("button", { name: /Ada Lovelace/ })
      .last()
      .click();
    await grace.page.waitForURL(/\/c\/dm-1-2$/);
    const line = ada.page.getByRole("link", { name: /Grace Hopper/ });
    await line.waitFor();
    await line.click();
    await ada.page.waitForURL(/\/c\/dm-1-2$/);
  });

  test("M1 U4: one's own message is painted in the next frame, the other's soon after", async () => {
    await grace.page.getByText("Nothing was said here yet").waitFor();
    await grace.page.locator("textarea").fill("Hello Ada");
    const arrival = ada.page.waitForFunction(() => {
      const body = [...document.querySelectorAll("[data-key] .message-body")].at(-1);
      return body?.textContent === "Hello Ada" ? Date.now() : false;
    });
    const painted = await grace.page.evaluate(
      () =>
        new Promise<{ inNextFrame: boolean; atMs: number }>((resolve) => {
          const composer = document.querySelector("textarea")!;
          const atMs = Date.now();
          const options = { key: "Enter", bubbles: true, cancelable: true };
          composer.dispatchEvent(new KeyboardEvent("keydown", options));
          requestAnimationFrame(() => {
            const body = [...document.querySelectorAll("[data-key] .message-body")].at(-1);
            resolve({ inNextFrame: body?.textContent === "Hello Ada", atMs });
          });
        }),
    );
    expect(painted.inNextFrame).toBe(true);
    const shownAtMs = (await (await arrival).jsonValue()) as number;
    process.stdout.write(`said and seen by the other: ${shownAtMs - painted.atMs} ms\n`);
    await shows(ada.page, ["Hello Ada"]);
    await allStored(grace.page);
  });

  test("U13: 38 KB of JavaScript are enough for the form and for the list, and the console stays empty", async () => {
    const context = await ada.context.browser()!.newContext();
    const page = await context.newPage();
    const said: string[] = [];
    page.on("pageerror", (error) => said.push(String(error)));
    page.on("console", (line) => {
      // Of every upgrade that fails the browser itself complains.
      const isUpgrade = isStreamed && line.text().startsWith("WebSocket connection to ");
      if (!isUpgrade) said.push(`${line.type()}: ${line.text()}`);
    });
    await noteUse(page);
    await page.goto(`${stage.url}/signin`);
    await page.getByLabel("Email").fill(people.ada.email);
    const forForm = await fetchedBeforeUse(page);
    await page.getByLabel("Password").fill(people.ada.password);
    await page.keyboard.press("Enter");
    const line = page.getByRole("link", { name: /Grace Hopper/ });
    await line.waitFor();

    // A stream is a request that does not end.
    await page.reload({ waitUntil: isStreamed ? "load" : "networkidle" });
    await line.waitFor();
    const forList = await fetchedBeforeUse(page);
    for (const { bytes, scripts } of [forForm, forList]) {
      expect(scripts).toBeGreaterThan(2);
      expect(bytes).toBeGreaterThan(20 * 1024);
      expect(bytes).toBeLessThanOrEqual(firstLoadBytesMax + (isStreamed ? streamedBytesMax : 0));
    }
    await line.click();
    await shows(page, ["Hello Ada"]);
    expect(said).toEqual(isStreamed ? ["warning: this network lets no WebSocket through"] : []);
    await context.close();
  });

  test("no socket greets before the page can take what it answers, however late that code comes", async () => {
    const { context, page } = await stage.device(people.ada);
    const line = page.getByRole("link", { name: /Grace Hopper/ });
    await line.waitFor();
    const held = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    await context.route("**/assets/*.js", async (route) => {
      const response = await route.fetch({ url: pastName(route.request().url()) });
      if ((await response.text()).includes("parley-tab:")) {
        asked.resolve();
        await held.promise;
      }
      await route.fulfill({ response });
    });
    let [sockets, streams] = [0, 0];
    page.on("websocket", () => sockets++);
    page.on("request", (request) => {
      if (request.url().endsWith("/api/v1/stream")) streams++;
    });
    const signedIn = page.waitForResponse("**/session/refresh");
    await page.reload();
    await Promise.all([asked.promise, (await signedIn).finished()]);
    // A socket that does not wait is there within a few frames.
    for (let frame = 0; frame < 20; frame++) {
      await page.evaluate(() => new Promise(requestAnimationFrame));
    }
    expect([sockets, streams]).toEqual([0, 0]);
    held.resolve();
    await line.waitFor();
    expect(isStreamed ? streams : sockets).toBe(1);
    await context.unrouteAll({ behavior: "wait" });
    await context.close();
  });

  test("T1 T2 T3: typing is seen, and forgotten after it stops", async () => {
    await grace.page.locator("textarea").pressSequentially("hm");
    const line = ada.page.locator(".typing-line", { hasText: "Grace Hopper is typing" });
    await line.waitFor();
    await line.waitFor({ state: "detached", timeout: 6_000 });
    await grace.page.locator("textarea").fill("");
  });

  test("T5 T6 M12 M29: a tick says that it is stored, two that it is on the other's device, two in accent that it was read", async () => {
    const { page } = ada;
    const tick = page.locator(".message").last().locator(".ticks svg");
    const tells = async (label: string) => {
      await page.waitForFunction(
        (wanted) =>
          [...document.querySelectorAll(".message .ticks svg")]
            .at(-1)
            ?.getAttribute("aria-label") === wanted,
        label,
      );
    };
    // She has the channel in her list, and looks at the list.
    await grace.page.goto(`${stage.url}/`);
    await grace.page.getByRole("link", { name: /Ada Lovelace/ }).waitFor();
    await says(page, "Have you seen this?");
    await tells("Delivered");
    expect(await tick.getAttribute("data-icon")).toBe("check-check");
    await grace.page.getByRole("link", { name: /Ada Lovelace.*1 unread/ }).click();
    await tells("Read");
    expect(await page.locator(".message").last().locator(".ticks-read").count()).toBe(1);
    await shows(grace.page, ["Have you seen this?"]);
  });

  test("M27: two tabs and two devices of one person agree", async () => {
    const tab = await ada.context.newPage();
    await tab.goto(`${stage.url}/c/dm-1-2`);
    const phone = await stage.device(people.ada);
    await phone.page.goto(`${stage.url}/c/dm-1-2`);
    await shows(tab, ["Have you seen this?"]);
    const said = ["from the first tab", "from the second tab", "from the phone"];
    for (const [at, page] of [ada.page, tab, phone.page].entries()) await says(page, said[at]!);
    // Each goes its own way: any of them may be stored first.
    for (const body of said) await grace.page.locator(".message-body", { hasText: body }).waitFor();
    const agreed = (await bodies(grace.page)).slice(-said.length);
    expect(agreed.toSorted()).toEqual(said.toSorted());
    for (const page of [ada.page, tab, phone.page]) await shows(page, agreed);
    await tab.close();
    await phone.context.close();
  });

  test("M10 U2: history loads by 50 upwards, and what one reads stays where it is", async () => {
    const many = Array.from({ length: 260 }, (_, at) => `line ${at + 1}`);
    await stage.says(people.grace, "dm-1-2", many);
    await ada.page.reload();
    await shows(ada.page, many.slice(-10));
    expect((await bodies(ada.page)).length % 50).toBe(0);

    // The page that scrolling asks for comes when the reader stands still: what moves then is our doing.
    stage.network.freeze();
    const reading = await ada.page.evaluate(async () => {
      const list = document.querySelector<HTMLElement>(".message-list")!;
      const shown = () => [...document.querySelectorAll<HTMLElement>("[data-key]")];
      let rows: HTMLElement[];
      do {
        rows = shown();
        list.scrollTop = 60;
        await new Promise(requestAnimationFrame); // That it was scrolled is told before the next frame.
        await new Promise(requestAnimationFrame);
        // A page that was asked for before, and comes now, pushes what is read away from where one is led to ask.
      } while (shown().length > rows.length);
      const { top } = list.getBoundingClientRect();
      const first = rows.find((row) => row.getBoundingClientRect().bottom > top)!;
      return {
        key: first.dataset["key"]!,
        from: first.getBoundingClientRect().top,
        rows: rows.length,
      };
    });
    stage.network.thaw();
    const moved = await ada.page.evaluate(async ({ key, from, rows }) => {
      const count = () => document.querySelectorAll("[data-key]").length;
      let worst = 0;
      let after = 0;
      for (let frame = 0; frame < 600 && after < 10; frame++) {
        await new Promise(requestAnimationFrame);
        if (count() > rows) after++;
        const row = document.querySelector<HTMLElement>(`[data-key="${key}"]`)!;
        worst = Math.max(worst, Math.abs(row.getBoundingClientRect().top - from));
      }
      return { grew: count() - rows, worst };
    }, reading);
    expect(moved.grew).toBe(50);
    expect(moved.worst).toBeLessThanOrEqual(1);
  });

  const talksThrough = (
    name: string,
    broken: () => Promise<void>,
    mended: () => Promise<void>,
  ): Promise<void> => talkThrough({ name, ada: ada.page, grace: grace.page, broken, mended });

  test("E12 M2: the server is restarted: nothing is lost, nothing is doubled, one order", async () => {
    await talksThrough(
      "restart",
      async () => {},
      () => stage.restart(),
    );
  });

  test("E12 W1: PostgreSQL is killed and comes back", async () => {
    await talksThrough(
      "database",
      () => stage.kill("PostgreSQL"),
      async () => {},
    );
  });

  test("E12: the worker is killed and comes back", async () => {
    await talksThrough(
      "worker",
      () => stage.kill("worker"),
      async () => {},
    );
  });

  test("E12 U10: the network is cut for 3 s; the page says so, and comes back at once when asked or told", async () => {
    await talksThrough(
      "network",
      async () => {
        stage.network.refuse();
        await barSays(ada.page, /^Reconnecting in \d+ s/);
        await ada.page.getByRole("button", { name: "Now" }).waitFor();
      },
      async () => {
        await pause(1_500); // With the 1.5 s before the bar shows: three seconds.
        stage.network.accept();
        // The browser tells Grace's page that the network is back; Ada does not wait for hers.
        await grace.page.evaluate(() => dispatchEvent(new Event("online")));
        const connected = barSays(ada.page, /^Connected$/);
        const button = ada.page.locator(".link-bar button");
        // Her page's own next try may come first, and takes the button with it.
        await button.dispatchEvent("click", undefined, { timeout: 5_000 }).catch(() => connected);
        await connected;
      },
    );
  });

  test("W4 B32: a tab closed with unsent messages sends them once when it is opened again", async () => {
    stage.network.refuse();
    await says(ada.page, "unsent one", "unsent two");
    // What is painted is on the disk a moment later; a tab that ends within that moment has written nothing.
    await keepsDrafts(ada.page, "unsent one", "unsent two");
    await ada.page.close();
    stage.network.accept();
    ada.page.removeAllListeners();
    const page = await ada.context.newPage();
    page.on("pageerror", (error) => ada.complaints.push(String(error)));
    ada = { ...ada, page };
    await page.goto(`${stage.url}/c/dm-1-2`);
    await shows(page, ["unsent one", "unsent two"]);
    await allStored(page);
    // After so many breaks her page would wait long for its next try.
    await grace.page.evaluate(() => dispatchEvent(new Event("online")));
    await shows(grace.page, ["unsent one", "unsent two"]);
  });

  test("E12 M11: a laptop that slept for five minutes finds its connection dead and comes back by itself", async () => {
    using network = stage.connect();
    const laptop = await stage.device(people.grace, { network, hasClock: true });
    await laptop.page.goto(`${stage.urlBy(network)}/c/dm-1-2`);
    await says(laptop.page, "closing the lid");
    await allStored(laptop.page);
    network.freeze("open");
    await says(ada.page, "while you slept");
    await laptop.page.clock.fastForward("05:00");
    // A browser keeps up to six connections for requests, and finds one after the other dead: 5 s each.
    await shows(laptop.page, ["while you slept"], 40_000);
    await says(laptop.page, "awake again");
    await shows(ada.page, ["awake again"]);
    expect(laptop.complaints).toEqual([]);
    await laptop.context.close();
  }, 60_000);

  test("E10: one's own menu says so where no WebSocket gets through, and else nothing of it", async () => {
    await grace.page.goto(`${stage.url}/`);
    await grace.page.getByRole("button", { name: "Grace Hopper" }).first().click();
    await grace.page.getByText("grace@parley.test").waitFor();
    const words = grace.page.getByText(
      "Connected over HTTP: this network lets no WebSocket through.",
    );
    expect(await words.count()).toBe(isStreamed ? 1 : 0);
  });

  test("U10: none of the pages complained of an error", () => {
    expect(ada.complaints).toEqual([]);
    expect(grace.complaints).toEqual([]);
  });
}
