import type { Page } from "playwright-core";
import { pastName } from "./browser.ts";

/** JavaScript in gzip until a page is of use; the whole of it, an open channel included, is to stay below 45 KB. */
export const firstLoadBytesMax = 38 * 1024;
/** What is fetched besides where no WebSocket gets through. */
export const streamedBytesMax = 1024;

/** From here on the page notes when somebody can first use it: the form stands, or the list. */
export async function noteUse(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const look = new MutationObserver(() => {
      if (!document.querySelector(".account-form, .channel-row")) return;
      look.disconnect();
      performance.mark("of use");
    });
    look.observe(document, { childList: true, subtree: true });
  });
}

/** The bytes of JavaScript, in gzip, whose fetching began before somebody could use the page; and how many scripts that were. */
export async function fetchedBeforeUse(page: Page): Promise<{ bytes: number; scripts: number }> {
  const urls = await page.evaluate(() => {
    const [of] = performance.getEntriesByName("of use");
    return performance
      .getEntriesByType("resource")
      .filter(({ name, startTime }) => name.endsWith(".js") && startTime < of!.startTime)
      .map(({ name }) => name);
  });
  const sizes = await Promise.all(
    urls.map(async (url) => {
      const answer = await fetch(pastName(url), {
        headers: { "accept-encoding": "gzip" },
        decompress: false,
      });
      return (await answer.bytes()).byteLength;
    }),
  );
  return { bytes: sizes.reduce((sum, each) => sum + each, 0), scripts: urls.length };
}
