import { describe, expect, test } from "bun:test";
import type { Seq } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import type { CaughtUp } from "../../store/catch-up.ts";
import type { PointerMove } from "../../store/pointer.ts";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { draftOf } from "../channels.ts";
import { nowhere, stepsOf, type StoreMaker } from "./contract-steps.ts";

/** What the simulated core relies on, asked of one kind of store. Every kind runs it. */
export function describeStore(kind: string, store: StoreMaker): void {
  describe(`a store of the kind ${kind}`, () => {
    const { ground, fatesOf, moveOf, readSummary } = stepsOf(store);

    test("W10: numbers drafts in their order, per channel, and says where each channel stood", async () => {
      const { ada, grace, lobby, engineRoom } = await ground();
      await fatesOf([draftOf(lobby, ada)]);
      const drafts = [draftOf(engineRoom, grace), draftOf(lobby, ada), draftOf(engineRoom, ada)];
      const { fates, headsBefore } = await store.insert(drafts, [0, 1, 2]);
      expect(fates).toMatchObject([
        { seq: 1, born: true },
        { seq: 2, born: true },
        { seq: 2, born: true },
      ]);
      expect(Object.fromEntries(headsBefore)).toEqual({ [lobby]: 1, [engineRoom]: 0 });
      expect(Object.fromEntries(await store.readHeads([lobby, engineRoom, nowhere]))).toEqual({
        [lobby]: 2,
        [engineRoom]: 2,
      });
    });

    test("W10: a known id keeps its number and moves no head; it belongs to its author and channel", async () => {
      const { ada, grace, lobby, engineRoom } = await ground();
      const draft = draftOf(lobby, ada);
      expect(await fatesOf([draft, draft])).toEqual([1, -1]);
      const { headsBefore } = await store.insert([draft], [0]);
      expect(headsBefore.size).toBe(0);
      const others = [
        { ...draft, authorId: grace },
        { ...draft, channelId: engineRoom },
      ];
      expect(await fatesOf([...others, draft])).toEqual([2, 1, -1]);
    });

    test("W10: who is no member writes nothing, and what stands behind a refused draft of its command is skipped", async () => {
      const { ada, linus, lobby } = await ground();
      const known = draftOf(lobby, ada);
      await fatesOf([known]);
      const late = draftOf(lobby, ada);
      const drafts = [draftOf(lobby, linus), draftOf(nowhere, ada), late, known, late];
      expect(await fatesOf(drafts, [0, 1, 1, 1, 2])).toEqual([
        "not_a_member",
        "not_a_member",
        "skipped",
        -1,
        2,
      ]);
      expect([...(await store.readMemberOf(linus, [lobby, nowhere]))]).toEqual([]);
      expect([...(await store.readMemberOf(ada, [lobby, nowhere]))]).toEqual([lobby]);
    });

    test("W10: reads what came after a cursor, in order, up to the head or as many rows as fit", async () => {
      const { ada, lobby } = await ground();
      const drafts = ["one", "two", "three", "four"].map((body) => draftOf(lobby, ada, { body }));
      const { fates } = await store.insert(drafts, [0, 0, 0, 0]);
      const rows = drafts.map((draft, at) => ({
        position: at + 1,
        row: {
          kind: "message",
          entity: at + 1,
          version: at + 1,
          body: {
            authorId: ada,
            createdAt: (fates[at] as { createdAt: number }).createdAt,
            clientMessageId: draft.clientMessageId,
            system: false,
            rootSeq: null,
            editedAt: null,
            deleted: false,
            body: draft.body,
          },
        },
      }));
      const read = (from: Seq, rowsMax: number) => store.readStream(lobby, from, rowsMax);
      const whole = { stream: lobby, head: 4, through: 4, cut: false };
      expect(await read(1, 3)).toEqual({ ...whole, from: 1, rows: rows.slice(1) } as CaughtUp);
      expect(await read(4, 3)).toEqual({ ...whole, from: 4, rows: [] });
      expect(await read(1, 2)).toEqual({
        ...whole,
        from: 1,
        through: 3,
        cut: true,
        rows: rows.slice(1, 3),
      } as CaughtUp);
      expect(await store.readStream(nowhere, 0, 2)).toBeUndefined();
    });

    test("W10: a reply is to a message that stood before its statement, and to no other reply", async () => {
      const { ada, lobby } = await ground();
      const replyTo = (rootSeq: Seq) => draftOf(lobby, ada, { rootSeq });
      await fatesOf([draftOf(lobby, ada)]);
      await fatesOf([replyTo(1)]);
      const drafts = [draftOf(lobby, ada), replyTo(3), replyTo(1), replyTo(2), replyTo(1)];
      expect(await fatesOf(drafts, [0, 1, 2, 3, 3])).toEqual([
        3,
        "root_unknown",
        4,
        "root_unknown",
        "skipped",
      ]);
    });

    test("W10 M20: a summary counts what others said after where unread begins, and no replies", async () => {
      const { ada, grace, linus, lobby } = await ground();
      const read = { readSeq: 0, deliveredSeq: 0, readFrom: 0 };
      expect(await readSummary(ada, lobby)).toEqual({
        ...read,
        channel: lobby,
        asOf: 0,
        lastMessage: null,
        unread: 0,
      });
      const last = draftOf(lobby, grace);
      await fatesOf([draftOf(lobby, grace), draftOf(lobby, ada), last]);
      await fatesOf([draftOf(lobby, grace, { rootSeq: 1 })]);
      expect(await readSummary(ada, lobby)).toMatchObject({
        ...read,
        asOf: 4,
        lastMessage: { entity: 3, version: 3, body: { clientMessageId: last.clientMessageId } },
        unread: 2,
      });
      expect((await readSummary(grace, lobby))?.unread).toBe(1);
      await store.movePointers([moveOf(lobby, ada, { readSeq: 4, readFrom: 1 })]);
      const moved = { readSeq: 4, deliveredSeq: 4, readFrom: 1, unread: 1 };
      expect(await readSummary(ada, lobby)).toMatchObject(moved);
      await fatesOf(Array.from({ length: limits.unreadMax + 1 }, () => draftOf(lobby, grace)));
      expect((await readSummary(ada, lobby))?.unread).toBe(limits.unreadMax);
      expect(await readSummary(linus, lobby)).toBeUndefined();
    });

    test("W10 T5: pointers are clamped to the head, and grow; where unread begins is set as given", async () => {
      const { ada, lobby } = await ground();
      await fatesOf(Array.from({ length: 6 }, () => draftOf(lobby, ada)));
      const places: unknown[] = [];
      const asks: Partial<PointerMove>[] = [
        { deliveredSeq: 2 },
        { readSeq: 3 },
        { readSeq: 1, deliveredSeq: 2 },
        {},
        { readFrom: 0 },
        { readSeq: 2 },
        { readSeq: 5, deliveredSeq: 4, readFrom: 1 },
        { readFrom: 99 },
        { readSeq: 99, deliveredSeq: 99 },
        { readFrom: 0 },
        { readFrom: 0 },
      ];
      for (const asked of asks) {
        const moved = await store.movePointers([moveOf(lobby, ada, asked)]);
        places.push(
          moved.map(({ readSeq, deliveredSeq, readFrom, seq, seen }) =>
            [readSeq, deliveredSeq, readFrom, seq, seen].join(" "),
          ),
        );
      }
      expect(places).toEqual([
        ["0 2 0 1 true"],
        ["3 3 3 2 true"],
        [],
        [],
        ["3 3 0 3 false"],
        ["3 3 2 4 false"],
        ["5 5 1 5 true"],
        ["5 5 6 6 false"],
        ["6 6 6 7 true"],
        ["6 6 0 8 false"],
        [],
      ]);
    });

    test("W10: moves take their numbers per user by channel, whose own stream holds each pointer as it is now", async () => {
      const { ada, grace, linus, lobby, engineRoom } = await ground();
      await fatesOf([draftOf(lobby, ada), draftOf(lobby, ada), draftOf(engineRoom, ada)]);
      const moved = await store.movePointers([
        moveOf(engineRoom, ada, { readSeq: 1 }),
        moveOf(lobby, linus, { readSeq: 1 }),
        moveOf(lobby, ada, { readSeq: 1 }),
        moveOf(nowhere, ada, { readSeq: 1 }),
        moveOf(lobby, grace, { readSeq: 1 }),
      ]);
      expect(moved.map(({ userId, channelId, seq }) => [userId, channelId, seq])).toEqual([
        [ada, lobby, 1],
        [ada, engineRoom, 2],
        [grace, lobby, 1],
      ]);
      await store.movePointers([moveOf(lobby, ada, { readSeq: 2, readFrom: 0 })]);
      const rowOf = (entity: ChannelId, version: Seq, readSeq: Seq, readFrom: Seq) => ({
        position: version,
        row: {
          kind: "pointer",
          entity,
          version,
          body: { readSeq, deliveredSeq: readSeq, readFrom },
        },
      });
      const rows = [rowOf(engineRoom, 2, 1, 1), rowOf(lobby, 3, 2, 0)];
      const whole = { stream: ada, from: 0, head: 3, through: 3, cut: false };
      expect(await store.readOwn(ada, 0, 2)).toEqual({ ...whole, rows } as CaughtUp);
      expect(await store.readOwn(ada, 0, 1)).toEqual({
        ...whole,
        through: 2,
        cut: true,
        rows: rows.slice(0, 1),
      } as CaughtUp);
      expect(await store.readOwn(ada, 3, 1)).toEqual({ ...whole, from: 3, rows: [] });
      expect(await store.readOwn(nowhere as number as UserId, 0, 1)).toBeUndefined();
      const heads = await store.readHeads([ada, grace, lobby]);
      expect(Object.fromEntries(heads)).toEqual({ [ada]: 3, [grace]: 1, [lobby]: 2 });
    });
  });
}
