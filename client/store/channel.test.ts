import { expect, test } from "bun:test";

import type { Me } from "./model.ts";
import { ada, grace, History, idAt } from "../test/history.ts";
import {
  applyEvent,
  type Channel,
  emptyChannel,
  withDraft,
  withLog,
  withRefused,
  withStored,
} from "./channel.ts";
import { missingOf } from "./log.ts";
import { stranger } from "./people.ts";
import { showMessages } from "./show.ts";

const me: Me = { id: ada, name: "Ada Lovelace", email: "ada@parley.test", role: "owner" };
const show = (channel: Channel) =>
  showMessages(channel, me, () => ({ ...stranger, name: "Somebody" }), true).map(
    ({ key, body, delivery }) => `${key.slice(-2)} ${body} ${delivery.state}`,
  );

/** Grace spoke at 1, Ada at 2. */
const history = new History([
  { what: "said", author: grace },
  { what: "said", author: ada },
]);
const draft = { clientMessageId: idAt(2), body: "said at 2", writtenAt: 5 };
const opened = applyEvent(withLog(emptyChannel(ada)), history.reset(50, 1));

test("U4: one's own message is shown at once and keeps its key until its row has replaced it", () => {
  const written = withDraft(opened, draft);
  expect(show(written).at(-1)).toBe("02 said at 2 sending");

  const stored = withStored(written, idAt(2), { seq: 2, createdAt: 7 });
  expect(show(stored).at(-1)).toBe("02 said at 2 stored");
  expect(stored.log!.cursor).toBe(1);

  const home = applyEvent(stored, history.interval(1, 2, 2));
  expect(show(home).at(-1)).toBe("02 said at 2 stored");
  expect(home.pending).toEqual([]);
  expect(show(home)).toHaveLength(2);
});

test("U4: the row may come before the reply", () => {
  const home = applyEvent(withDraft(opened, draft), history.interval(1, 2, 2));
  expect(show(withStored(home, idAt(2), { seq: 2, createdAt: 7 }))).toEqual(show(home));
  expect(show(home)).toHaveLength(2);
});

test("U4: a message whose row came too early stands as a draft until the gap before it is closed", () => {
  const three = new History([
    { what: "said", author: grace },
    { what: "said", author: grace },
    { what: "said", author: ada },
  ]);
  const begun = applyEvent(withLog(emptyChannel(ada)), three.reset(50, 1));
  const written = withDraft(begun, { clientMessageId: idAt(3), body: "said at 3", writtenAt: 5 });
  const early = applyEvent(written, three.interval(2, 3, 3));
  expect(show(early).at(-1)).toBe("03 said at 3 sending");

  const closed = applyEvent(early, three.interval(1, 2, 3));
  expect(show(closed)).toHaveLength(3);
  expect(show(closed).at(-1)).toBe("03 said at 3 stored");
  expect(closed.pending).toEqual([]);
});

test("a stored message whose row stays away is asked for", () => {
  const stored = withStored(withDraft(opened, draft), idAt(2), { seq: 2, createdAt: 7 });
  expect(missingOf(stored.log!)).toEqual({ from: 1, through: 2 });
});

test("a draft of an old outbox that was stored long ago does not stand at the end for ever", () => {
  const long = new History(Array.from({ length: 80 }, () => ({ what: "said", author: grace })));
  const held = applyEvent(withLog(emptyChannel(ada)), long.reset(20, 80));
  const adopted = withDraft(held, { ...draft, clientMessageId: idAt(999) });
  expect(show(adopted)).toHaveLength(21);
  expect(show(withStored(adopted, idAt(999), { seq: 3, createdAt: 1 }))).toHaveLength(20);
});

test("a draft that an outbox brings back after its row came is not shown twice", () => {
  const home = applyEvent(opened, history.interval(1, 2, 2));
  expect(show(withDraft(home, draft))).toEqual(show(home));
});

test("the same id by somebody else is somebody else's message", () => {
  const written = withDraft(opened, { ...draft, clientMessageId: idAt(1) });
  const replayed = applyEvent(written, history.interval(0, 1, 1));
  expect(show(replayed)).toEqual(["01 said at 1 stored", "01 said at 2 sending"]);
});

test("a refused draft stays where it is, and says so", () => {
  const refused = withRefused(withDraft(opened, draft), idAt(2), "may_not_write");
  expect(show(refused).at(-1)).toBe("02 said at 2 refused");
  const home = applyEvent(refused, { ...history.interval(1, 2, 2), rows: [] });
  expect(show(home).at(-1)).toBe("02 said at 2 refused");
});

test("frames of a channel that was never opened move its line and nothing else", () => {
  const summary = history.summary(1, ada, { readSeq: 1, deliveredSeq: 1, readFrom: 1 });
  const moved = applyEvent(applyEvent(emptyChannel(ada), summary), history.interval(1, 2, 2));
  expect(moved.log).toBeUndefined();
  expect(moved.summary!.last!.entity).toBe(2);
});
