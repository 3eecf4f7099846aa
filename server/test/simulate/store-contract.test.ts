import type { ChannelId, UserId } from "#wire/ids.ts";
import { readStream } from "../../store/catch-up.ts";
import { readHeads } from "../../store/head.ts";
import { insertMessages } from "../../store/insert-messages.ts";
import { movePointers } from "../../store/pointer.ts";
import { addChannel, addUsers } from "../channels.ts";
import { testDatabase } from "../database.ts";
import { MemoryStore } from "./memory-store.ts";
import { describeStore } from "./store-contract.ts";
import { readsOf } from "../reads.ts";

const database = await testDatabase();
const { sql } = database;
const reads = readsOf(sql);
describeStore("PostgreSQL", {
  people: async () => (await addUsers(sql, "Ada", "Grace", "Linus")) as [UserId, UserId, UserId],
  addChannel: (members) => addChannel(sql, members),
  insert: (drafts, sends) => insertMessages(sql, drafts, sends),
  readHeads: (streams) => readHeads(sql, streams),
  readStream: (stream, cursor, rowsMax) => readStream(sql, stream, cursor, rowsMax),
  movePointers: (moves) => movePointers(sql, moves),
  readOwn: (userId, from, rowsMax) => readStream(sql, userId, from, rowsMax),
  readSummary: async (userId, channel) => (await reads.summaries(userId, [channel]))[0],
  readMemberOf: (userId, channels) => reads.memberOf(userId, channels),
  end: async () => database[Symbol.asyncDispose](),
});

const memory = new MemoryStore(() => 1_000);
let ids = 0;
describeStore("memory", {
  people: async () => [++ids, ++ids, ++ids] as unknown as [UserId, UserId, UserId],
  addChannel: async (members) => {
    const id = ++ids as ChannelId;
    memory.addChannel(id, members);
    return id;
  },
  insert: async (drafts, sends) => memory.insert(drafts, sends),
  readHeads: async (streams) => memory.readHeads(streams),
  readStream: async (stream, from, rowsMax) => memory.readStream(stream, from, rowsMax),
  movePointers: async (moves) => memory.movePointers(moves),
  readOwn: async (userId, from, rowsMax) => memory.readStream(userId, from, rowsMax),
  readSummary: async (userId, channel) => memory.readSummary(userId, channel),
  readMemberOf: async (userId, channels) => memory.readMemberOf(userId, channels),
  end: async () => undefined,
});
