import { expect, test } from "bun:test";
import { decodeAnswers, encodeAnswer } from "#wire/codec.ts";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { startServer } from "../test/start-server.ts";
import { people } from "../test/people.ts";
import { Delivery } from "../fanout/deliver.ts";
import { MemoryHub } from "../fanout/memory-bus.ts";
import { Relay } from "../fanout/relay.ts";
import { durableTopic } from "../fanout/topic.ts";
import { Sessions } from "../session/sessions.ts";
import { readHeads } from "../store/head.ts";
import type { Reads } from "../store/reads.ts";
import { HandClock } from "../test/hand-clock.ts";
import { loneSession } from "../test/lone-session.ts";
import { hello } from "./hello.ts";
import { followOwn } from "./join.ts";
import type { ChatParts } from "./parts.ts";
import { TypingBook } from "./typing-book.ts";
import { readsOf } from "../test/reads.ts";

test.each([
  ["the list of channels is", "memberships"],
  ["their summaries are", "summaries"],
] as const)(
  "C11 S10: who is removed while %s on the way hears nothing of the channel",
  async (_says, read) => {
    await using server = await startServer();
    const ada = await server.signIn(people.ada);
    const grace = await server.signIn(people.grace);
    const channel: ChannelId = await server.direct(ada, grace);
    const clock = new HandClock();
    const bus = new MemoryHub().connect(() => undefined);
    const sessions = new Sessions();
    let removals = 0;
    const reads = readsOf(server.sql);
    /** Between the answer of the database and whoever asked. */
    const removed = async (): Promise<void> => {
      removals++;
      await server.sql`delete from members where channel_id = ${channel} and user_id = ${grace.id}`;
      const rows = [{ kind: "membership", entity: channel, version: 2, body: null }] as const;
      const interval = { stream: grace.id, from: 1, through: 2, rows: [...rows] };
      const frame = encodeAnswer({ op: "interval", ...interval });
      followOwn(parts, {
        stream: grace.id,
        from: 1,
        through: 2,
        personal: true,
        removal: false,
        frame,
      });
    };
    const removing: Pick<Reads, "memberships" | "summaries"> = {
      memberships: async (user) => {
        const found = await reads.memberships(user);
        if (read === "memberships") await removed();
        return found;
      },
      summaries: async (user, channels) => {
        const found = await reads.summaries(user, channels);
        if (read === "summaries") await removed();
        return found;
      },
    };
    const parts = {
      sql: server.sql,
      reads: { ...reads, ...removing },
      delivery: new Delivery({
        bus,
        publish: () => undefined,
        readHeads: (streams) => readHeads(server.sql, streams),
        readIntervals: async () => ({ intervals: [], more: false }),
        removing: () => undefined,
        personalDelivered: () => undefined,
        after: (ms, call) => clock.after(ms, call),
      }),
      relay: new Relay(bus),
      sessions,
      typing: new TypingBook({
        changed: () => undefined,
        now: () => clock.now(),
        after: (ms, call) => clock.after(ms, call),
      }),
      presence: { arrived: () => undefined, here: async () => new Map() },
      onlineCounts: { look: async () => undefined, unlook: () => undefined },
      epoch: () => "an epoch",
      readMemberOf: (userId: UserId, channels: ChannelId[]) => reads.memberOf(userId, channels),
      now: () => clock.now(),
      version: "0",
      enter: async () => ({
        userId: grace.id,
        name: grace.name,
        sessionId: grace.sessionId,
        expiresAtMs: Number.MAX_SAFE_INTEGER,
      }),
    } as unknown as ChatParts;
    const { session, socket, topics } = loneSession();
    const handling = hello(parts, session, {
      op: "hello",
      ref: 1,
      token: "t",
      epoch: "",
      streams: [],
    });
    await handling.reply;
    await handling.then?.();
    expect(removals).toBe(1);
    expect([...topics]).toContain(durableTopic(grace.id));
    expect([...topics]).not.toContain(durableTopic(channel));
    expect([...session.followed]).toEqual([grace.id]);
    const told = socket.sent.flatMap(decodeAnswers).map(({ op }) => op);
    expect(told).toContain("caughtUp");
    expect(told).not.toContain("summary");
  },
);
