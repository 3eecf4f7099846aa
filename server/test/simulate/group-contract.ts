import { describe, expect, test } from "bun:test";
import type { Refusal } from "#wire/codes.ts";
import type { Row } from "#wire/row.ts";
import type { CaughtUp } from "../../store/catch-up.ts";
import type { GroupChange } from "../../store/group.ts";
import { draftOf } from "../channels.ts";
import { nowhere, stepsOf, type StoreMaker } from "./contract-steps.ts";

/** What the simulated core relies on where people come and go, asked of one kind of store. Every kind runs it. */
export function describeGroups(storeKind: string, store: StoreMaker): void {
  describe(`groups in a store of the kind ${storeKind}`, () => {
    const { ground, fatesOf, moveOf, readSummary } = stepsOf(store);

    /** What a change touched, in short: the stream, and of each row its kind, entity and number, with `-` where it is gone. */
    const touchedBy = (change: GroupChange | Refusal) =>
      "refused" in change
        ? change.refused
        : change.touched.map(({ stream, from, through, rows }) => [
            stream,
            `(${from}, ${through}]`,
            shortOf(rows.map(({ row }) => row)),
          ]);
    const shortOf = (rows: readonly Row[]) =>
      rows
        .map(({ kind, entity, version, body }) => `${body ? "" : "-"}${kind} ${entity} ${version}`)
        .join(", ");
    const placed = (found: CaughtUp | undefined) =>
      found && shortOf(found.rows.map(({ row }) => row));

    test("W10 C5: a group begins with its settings and its people, whose pointers stand at its head", async () => {
      const { ada, grace, linus } = await ground();
      const made = await store.createGroup("Library", ada, [grace]);
      const { channelId } = made;
      expect(touchedBy(made)).toEqual([
        [channelId, "(0, 3]", `settings 0 1, member ${ada} 2, member ${grace} 3`],
        [ada, "(0, 2]", `membership ${channelId} 1, pointer ${channelId} 2`],
        [grace, "(0, 2]", `membership ${channelId} 1, pointer ${channelId} 2`],
      ]);
      const stored = await store.readStream(channelId, 0, 9);
      expect(stored).toMatchObject({ head: 3, through: 3, cut: false });
      expect(stored?.rows).toEqual(made.touched[0]!.rows as never);
      expect(made.touched[0]!.rows.map(({ row }) => row.body)).toEqual([
        { kind: "group", name: "Library" },
        { name: "Ada", role: "admin", joinedAt: expect.any(Number) },
        { name: "Grace", role: "member", joinedAt: expect.any(Number) },
      ] as never);
      expect((await store.readOwn(grace, 0, 9))?.rows).toEqual(made.touched[2]!.rows as never);
      const atHead = {
        asOf: 3,
        lastMessage: null,
        unread: 0,
        readSeq: 3,
        deliveredSeq: 3,
        readFrom: 3,
      };
      expect(await readSummary(ada, channelId)).toEqual({ channel: channelId, ...atHead });
      expect(await store.reads.memberships(grace)).toMatchObject([
        { channelId: expect.anything() },
        { channelId: expect.anything() },
        { channelId: expect.anything() },
      ]);
      expect(shortOf(await store.reads.state(channelId, 9))).toBe(
        `member ${grace} 3, member ${ada} 2, settings 0 1`,
      );
      expect(await store.reads.pointers(channelId, ada)).toEqual([
        { user: grace, readSeq: 3, deliveredSeq: 3 },
      ]);
      expect(await store.reads.pointers(channelId, linus)).toBeUndefined();
    });

    test("W10 C11: who was removed reads, writes and moves nothing, and both streams say so", async () => {
      const { ada, grace } = await ground();
      const { channelId } = await store.createGroup("Library", ada, [grace]);
      const known = draftOf(channelId, grace);
      await fatesOf([known]);
      await store.movePointers([moveOf(channelId, grace, { readSeq: 4 })]);
      expect(touchedBy(await store.removeMember(channelId, ada, grace))).toEqual([
        [channelId, "(4, 5]", `-member ${grace} 5`],
        [grace, "(3, 4]", `-membership ${channelId} 4`],
      ]);
      expect(await fatesOf([known, draftOf(channelId, grace)])).toEqual([-4, "not_a_member"]);
      expect(await store.movePointers([moveOf(channelId, grace, { readSeq: 5 })])).toEqual([]);
      expect(placed(await store.readStream(channelId, 3, 9))).toBe(
        `message 4 4, -member ${grace} 5`,
      );
      expect(placed(await store.readOwn(grace, 0, 9))).toBe(
        `-pointer ${channelId} 3, -membership ${channelId} 4`,
      );
      const { reads } = store;
      expect(await reads.channels(grace, [{ channelId, cursor: 1, rowsMax: 9 }])).toEqual(
        new Map(),
      );
      expect(await reads.page(grace, channelId, 0, 9)).toBeUndefined();
      expect(await reads.pointers(channelId, grace)).toBeUndefined();
      expect(await reads.pointers(channelId, ada)).toEqual([]);
      expect(await reads.summaries(grace, [channelId])).toEqual([]);
      const left = (await reads.memberships(grace)).map((each) => each.channelId);
      expect(left).not.toContain(channelId);
      expect([...(await store.readMemberOf(grace, [channelId]))]).toEqual([]);
      expect(shortOf(await reads.state(channelId, 9))).toBe(`member ${ada} 2, settings 0 1`);
    });

    test("W10 C11: who comes back reads the whole history, and their pointers stand at the head, wherever they stood", async () => {
      const { ada, grace } = await ground();
      const { channelId } = await store.createGroup("Library", ada, [grace]);
      await fatesOf([draftOf(channelId, ada)]);
      await store.movePointers([moveOf(channelId, grace, { readSeq: 4, readFrom: 1 })]);
      await store.removeMember(channelId, grace, grace);
      await fatesOf([draftOf(channelId, ada)]);
      expect(touchedBy(await store.addMembers(channelId, ada, [ada, grace]))).toEqual([
        [channelId, "(6, 7]", `member ${grace} 7`],
        [grace, "(4, 6]", `membership ${channelId} 5, pointer ${channelId} 6`],
      ]);
      const { reads } = store;
      const stands = { readSeq: 7, deliveredSeq: 7, readFrom: 7 };
      expect(await readSummary(grace, channelId)).toMatchObject({ asOf: 7, unread: 0, ...stands });
      const page = await reads.page(grace, channelId, 0, 9);
      expect([page?.asOf, page?.since, page?.older]).toEqual([7, 0, false]);
      expect(shortOf(page!.rows)).toBe("message 4 4, message 6 6");
      const newest = await reads.page(grace, channelId, 0, 1);
      expect([newest?.since, newest?.older]).toEqual([6, true]);
      const caught = await reads.channels(grace, [{ channelId, cursor: 3, rowsMax: 9 }]);
      expect(placed(caught.get(channelId))).toBe(`message 4 4, message 6 6, member ${grace} 7`);
      const own = await store.readOwn(grace, 0, 9);
      expect(placed(own)).toBe(`membership ${channelId} 5, pointer ${channelId} 6`);
      expect(own?.rows[1]?.row.body).toEqual(stands as never);
    });

    test("W10 C7: what is done already touches nothing, and who may not is refused", async () => {
      const { ada, grace, linus } = await ground();
      const { channelId } = await store.createGroup("Library", ada, [grace]);
      const done = [
        await store.addMembers(channelId, grace, [ada, grace]),
        await store.removeMember(channelId, grace, linus),
        await store.addMembers(channelId, linus, [linus]),
        await store.removeMember(channelId, linus, linus),
        await store.removeMember(nowhere, ada, ada),
        await store.removeMember(channelId, grace, ada),
      ];
      const refused = ["not_a_member", "not_a_member", "not_a_member", "may_not_manage"];
      expect(done.map(touchedBy)).toEqual([[], [], ...refused] as never);
      expect((await store.readHeads([channelId])).get(channelId)).toBe(3);
    });
  });
}
