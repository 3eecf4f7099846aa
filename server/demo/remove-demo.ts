import type { StreamId } from "#wire/ids.ts";
import { announceTouched } from "../chat/announce-touched.ts";
import type { Touched } from "../store/change.ts";
import {
  blankMessages,
  closeDemoAccounts,
  deleteDemoChannel,
  forgetDemo,
  leaveAsDemo,
  readDemoChannels,
} from "../store/demo-removal.ts";
import type { DemoParts } from "./load-demo.ts";

/**
 * Removes the example: its people are signed out at once, its channels and every direct channel with one of them vanish from all lists, and
 * what was said there is blanked. Groups of real people lose only the people of the example. Step by step, each its own transaction and each
 * harmless when it is done again: what is cut short is finished by the next call. Resolves to how many people it had.
 */
export async function removeDemo(
  parts: DemoParts,
  onSessionEnded: (sessionId: string) => void,
): Promise<number> {
  const closed = await closeDemoAccounts(parts.writing, new Date(parts.now()));
  closed.ended.forEach(onSessionEnded);

  const { whole, joined } = await readDemoChannels(parts.writing, closed);
  for (const { channelId, user } of joined) {
    const streams = [channelId, user];
    await announced(parts, streams, leaveAsDemo(parts.writing, channelId, user));
  }
  // All of them vanish before the first is blanked.
  for (const channelId of whole) {
    await announced(parts, [channelId], deleteDemoChannel(parts.writing, channelId));
  }
  for (const channelId of whole) await blankMessages(parts.writing, channelId);
  await forgetDemo(parts.writing, closed);
  return closed.people.length;
}

async function announced(
  parts: DemoParts,
  concerned: readonly StreamId[],
  changing: Promise<Touched[]>,
): Promise<void> {
  const touched = await changing.catch((error: unknown) => {
    for (const stream of concerned) parts.heads.suspect(stream, "unknown_outcome");
    throw error;
  });
  announceTouched(parts, touched);
}
