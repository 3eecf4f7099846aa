import type { ReadonlySignal } from "@preact/signals";

import type { Ask } from "../net/calls.ts";
import { openDraftStore } from "../net/draft-store.ts";
import { joinTabs } from "../net/tab.ts";
import { MessageIds } from "../net/uuid.ts";
import type { Me } from "../store/model.ts";
import { Life } from "./life.ts";
import type { Surroundings } from "./surroundings.ts";

interface Parts extends Surroundings {
  readonly ask: Ask;
  readonly looking: ReadonlySignal<string | undefined>;
}

/** Begins lives of one page, which share its name among the tabs, its disk and its ids. Fetched when somebody is signed in. */
export function livesOf(parts: Parts): (me: Me) => Life {
  const { clock, locks, log } = parts;
  const ids = new MessageIds(() => clock.now());
  const shared = { ...parts, ids, store: openDraftStore(log), tab: joinTabs(ids.next(), locks) };
  return (me) => new Life(me, shared);
}
