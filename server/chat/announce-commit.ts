import type { ChannelId } from "#wire/ids.ts";
import { cutIntervals } from "../fanout/cut.ts";
import type { Delivery } from "../fanout/deliver.ts";
import type { Heads } from "../fanout/heads.ts";
import type { Commit } from "../store/batch.ts";
import type { Placed } from "../fanout/cut.ts";

/** Tells everybody what a commit brought into a channel: `(head before, head after]` with the new rows in order. Never throws. */
export function announceCommit(delivery: Delivery, heads: Heads, commit: Commit): void {
  const rows = commit.messages.map(({ draft, stored }): Placed => ({
    position: stored.seq,
    row: {
      kind: "message",
      entity: stored.seq,
      version: stored.seq,
      body: {
        authorId: draft.authorId,
        createdAt: stored.createdAt,
        clientMessageId: draft.clientMessageId,
        system: false,
        rootSeq: draft.rootSeq,
        editedAt: null,
        deleted: false,
        body: draft.body,
      },
    },
  }));
  const channelId: ChannelId = commit.channelId;
  const through = rows[rows.length - 1]!.position;
  for (const interval of cutIntervals(channelId, commit.headBefore, through, rows)) {
    void delivery.announce(interval);
  }
  heads.wrote(channelId, through);
}
