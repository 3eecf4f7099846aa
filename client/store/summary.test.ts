import { expect, test } from "bun:test";
import fc from "fast-check";

import { ada, anyHistory, grace, History, lobby } from "../test/history.ts";
import { applyEvent, type Channel, emptyChannel, withLog, withPointer } from "./channel.ts";
import { isUntold, unreadOf } from "./summary.ts";

/** Frames from and to any head, in any order; some are lost simply by not being here. */
const anyFrames = fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { maxLength: 40 });

function follow(
  channel: Channel,
  history: History,
  frames: readonly (readonly [number, number])[],
): Channel {
  let followed = channel;
  for (const [one, other] of frames) {
    const from = Math.min(one, other, history.head - 1);
    const through = Math.min(Math.max(one, other, from + 1), history.head);
    followed = applyEvent(followed, history.interval(from, through, through));
  }
  return followed;
}

const pointerAt = (readFrom: number) => ({ readSeq: readFrom, deliveredSeq: readFrom, readFrom });

test("a line follows live frames without the rows, and knows when it must ask", () => {
  fc.assert(
    fc.property(anyHistory, fc.nat(30), fc.nat(30), anyFrames, (history, start, read, frames) => {
      const asOf = Math.min(start, history.head);
      const pointer = pointerAt(Math.min(read, asOf));
      const summary = history.summary(asOf, ada, pointer);
      const channel = follow(applyEvent(emptyChannel(ada), summary), history, frames);

      const held = channel.summary!;
      if (isUntold(held, undefined)) return;
      const truth = history.summary(held.asOf, ada, pointer);
      expect(held.last).toEqual(truth.lastMessage as typeof held.last);
      expect(unreadOf(held, undefined, ada)).toBe(truth.unread);
    }),
    { numRuns: 2_000 },
  );
});

test("a line that was asked for is right, whatever came before and while it was on its way", () => {
  fc.assert(
    fc.property(anyHistory, fc.nat(30), anyFrames, (history, start, frames) => {
      const asOf = Math.min(start, history.head);
      const troubled = follow(emptyChannel(ada), history, frames);
      const channel = applyEvent(troubled, history.summary(asOf, ada, pointerAt(0)));
      const { summary } = channel;
      const overtaken = channel.heard > asOf;
      expect(isUntold(summary!, undefined)).toBe(overtaken);
      const { head } = history;
      const answered = applyEvent(channel, history.summary(head, ada, pointerAt(0)));
      expect(isUntold(answered.summary!, undefined)).toBe(false);
      expect(answered.summary!.unread).toBe(history.summary(head, ada, pointerAt(0)).unread);
    }),
    { numRuns: 1_000 },
  );
});

test("where the rows are held they count, also after a pointer moved into their middle", () => {
  fc.assert(
    fc.property(anyHistory, fc.nat(30), (history, read) => {
      const { head } = history;
      const readFrom = Math.min(read, head);
      const begun = applyEvent(
        withLog(emptyChannel(ada)),
        history.summary(head, ada, pointerAt(0)),
      );
      const held = applyEvent(begun, history.reset(30, head));
      const moved = withPointer(held, pointerAt(readFrom));
      expect(isUntold(moved.summary!, moved.log)).toBe(false);
      const { unread } = history.summary(head, ada, pointerAt(readFrom));
      expect(unreadOf(moved.summary!, moved.log, ada)).toBe(unread);
    }),
    { numRuns: 1_000 },
  );
});

test("M27: a pointer that went further here is not moved back by a line that was read earlier", () => {
  const summary = { op: "summary", channel: lobby, asOf: 9, lastMessage: null, unread: 4 } as const;
  const opened = applyEvent(emptyChannel(ada), { ...summary, ...pointerAt(2) });
  const read = withPointer(opened, pointerAt(9));
  expect(read.summary!.unread).toBe(0);

  const late = applyEvent(read, { ...summary, ...pointerAt(2) });
  expect(late.summary!.pointer.readFrom).toBe(9);
  expect(late.summary!.unread).toBe(0);
});

test("a frame that comes twice does not make a line unsure", () => {
  const history = new History([
    { what: "said", author: grace },
    { what: "deleted", at: 1 },
    { what: "said", author: grace },
  ]);
  const begun = applyEvent(emptyChannel(ada), history.summary(2, ada, pointerAt(0)));
  const moved = applyEvent(begun, history.interval(0, 3, 3));
  expect(moved.summary).toMatchObject({ asOf: 3, unread: 1, unsure: false });
});
