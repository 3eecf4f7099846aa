import { afterAll, describe, expect, test } from "bun:test";
import type { ChannelId, Seq, StreamId, UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import type { Refusal } from "#wire/codes.ts";
import type { CaughtUp } from "../../store/catch-up.ts";
import type { GroupChange } from "../../store/group.ts";
import type { Draft, Inserted } from "../../store/insert-messages.ts";
import type { PointerMove, PointerMoved } from "../../store/pointer.ts";
import type { Reads } from "../../store/reads.ts";
import type { Row } from "#wire/row.ts";
import { draftOf } from "../channels.ts";

export const names = ["Ada", "Grace", "Linus"] as const;

/** Where a kind of store comes from, with three people; of each channel a test names the members. */
export interface StoreMaker {
  people(): Promise<readonly [UserId, UserId, UserId]>;
  addChannel(members: readonly UserId[]): Promise<ChannelId>;
  createGroup(name: string, maker: UserId, users: readonly UserId[]): Promise<GroupChange>;
  addMembers(
    channel: ChannelId,
    actor: UserId,
    users: readonly UserId[],
  ): Promise<GroupChange | Refusal>;
  removeMember(channel: ChannelId, actor: UserId, user: UserId): Promise<GroupChange | Refusal>;
  insert(drafts: readonly Draft[], sends: readonly number[]): Promise<Inserted>;
  readHeads(streams: readonly StreamId[]): Promise<Map<StreamId, Seq>>;
  readStream(stream: StreamId, from: Seq, rowsMax: number): Promise<CaughtUp | undefined>;
  /** A user's own stream. */
  readOwn(userId: UserId, from: Seq, rowsMax: number): Promise<CaughtUp | undefined>;
  movePointers(moves: readonly PointerMove[]): Promise<PointerMoved[]>;
  readMemberOf(userId: UserId, channels: readonly ChannelId[]): Promise<ReadonlySet<ChannelId>>;
  readonly reads: Reads;
  end(): Promise<void>;
}

const nowhere = 999_999_999 as ChannelId;

/** What the simulated core relies on, asked of one kind of store. Every kind runs it. */
export function describeStore(kind: string, store: StoreMaker): void {
  describe(`a store of the kind ${kind}`, () => {
    afterAll(() => store.end());

    async function ground() {
      const [ada, grace, linus] = await store.people();
      const lobby = await store.addChannel([ada, grace]);
      const engineRoom = await store.addChannel([ada, grace]);
      return { ada, grace, linus, lobby, engineRoom };
    }

    const readSummary = async (userId: UserId, channel: ChannelId) =>
      (await store.reads.summaries(userId, [channel]))[0];

    /** Numbers, negative where the id was known, or what refused it. */
    async function fatesOf(drafts: readonly Draft[], sends = drafts.map((_, at) => at)) {
      const { fates } = await store.insert(drafts, sends);
      return fates.map((fate) =>
        "refused" in fate ? fate.refused : fate.born ? fate.seq : -fate.seq,
      );
    }

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

    /** Moves that ask for nothing but what a test names. */
    const moveOf = (channelId: ChannelId, userId: UserId, asked: Partial<PointerMove>) => ({
      channelId,
      userId,
      readSeq: null,
      deliveredSeq: null,
      readFrom: null,
      ...asked,
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
      expect(await reads.channels(grace, [{ channelId, cursor: 1 }])).toEqual(new Map());
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
      const caught = await reads.channels(grace, [{ channelId, cursor: 3 }]);
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
