import { afterAll } from "bun:test";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { readStream } from "../../store/catch-up.ts";
import { addMembers, createGroup, removeMember } from "../../store/group.ts";
import { readHeads } from "../../store/head.ts";
import { insertMessages } from "../../store/insert-messages.ts";
import { movePointers } from "../../store/pointer.ts";
import { addChannel, addUsers } from "../channels.ts";
import { testDatabase } from "../database.ts";
import { memoryReads } from "./memory-reads.ts";
import { MemoryStore } from "./memory-store.ts";
import { names, type StoreMaker } from "./contract-steps.ts";
import { describeGroups } from "./group-contract.ts";
import { describeStore } from "./store-contract.ts";
import { readsOf } from "../reads.ts";

const database = await testDatabase();
const { sql } = database;
afterAll(() => database[Symbol.asyncDispose]());
const postgres: StoreMaker = {
  people: async () => (await addUsers(sql, ...names)) as [UserId, UserId, UserId],
  addChannel: (members) => addChannel(sql, members),
  createGroup: async (name, maker, users) => {
    const made = await createGroup(sql, maker, { textId: crypto.randomUUID(), name, users });
    if ("refused" in made) throw new Error(made.refused);
    return made;
  },
  addMembers: (channel, actor, users) => addMembers(sql, channel, actor, users),
  removeMember: (channel, actor, user) => removeMember(sql, channel, actor, user),
  insert: (drafts, sends) => insertMessages(sql, drafts, sends),
  readHeads: (streams) => readHeads(sql, streams),
  readStream: (stream, cursor, rowsMax) => readStream(sql, stream, cursor, rowsMax),
  movePointers: (moves) => movePointers(sql, moves),
  readOwn: (userId, from, rowsMax) => readStream(sql, userId, from, rowsMax),
  readMemberOf: (userId, channels) => readsOf(sql).memberOf(userId, channels),
  reads: readsOf(sql),
};

const memory = new MemoryStore(() => 1_000);
let ids = 0;
const rowsMax = { channel: 1_000, own: 1_000 };
const inMemory: StoreMaker = {
  people: async () => {
    const people = names.map((name) => {
      memory.addUser(++ids as UserId, name);
      return ids as UserId;
    });
    return people as [UserId, UserId, UserId];
  },
  addChannel: async (members) => {
    const id = ++ids as ChannelId;
    memory.addChannel(id, members);
    return id;
  },
  createGroup: async (name, maker, users) =>
    memory.createGroup(++ids as ChannelId, name, maker, users),
  addMembers: async (channel, actor, users) => memory.addMembers(channel, actor, users),
  removeMember: async (channel, actor, user) => memory.removeMember(channel, actor, user),
  insert: async (drafts, sends) => memory.insert(drafts, sends),
  readHeads: async (streams) => memory.readHeads(streams),
  readStream: async (stream, from, count) => memory.readStream(stream, from, count),
  movePointers: async (moves) => memory.movePointers(moves),
  readOwn: async (userId, from, count) => memory.readStream(userId, from, count),
  readMemberOf: async (userId, channels) => memory.readMemberOf(userId, channels),
  reads: memoryReads(async (look) => look(memory), rowsMax),
};

for (const [kind, store] of Object.entries({ PostgreSQL: postgres, memory: inMemory })) {
  describeStore(kind, store);
  describeGroups(kind, store);
}
