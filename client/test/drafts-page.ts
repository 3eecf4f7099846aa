import { openDraftStore } from "../net/draft-store.ts";
import { joinTabs } from "../net/tab.ts";

const said: string[] = [];

/** What `draft-store.browser.ts` drives: the outbox's disk and its tab, as a page of the product has them. */
const drafts = {
  store: openDraftStore((sentence) => said.push(sentence)),
  join: joinTabs,
  locks: (navigator as { locks?: LockManager }).locks,
  said,
};

export type Drafts = typeof drafts;
Object.assign(globalThis, { drafts });
