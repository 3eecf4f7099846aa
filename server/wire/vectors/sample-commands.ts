import type { Command } from "../command.ts";
import {
  ada,
  answerId,
  direct,
  engineRoom,
  epoch,
  grace,
  groupId,
  helloId,
  morning,
} from "./names.ts";

/** Every command, with each optional field once there and once nil. */
export const sampleCommands: readonly (readonly [name: string, command: Command])[] = [
  [
    "hello of a new client",
    { op: "hello", ref: 1, token: "header.claims.proof", epoch: "", streams: [] },
  ],
  [
    "hello with cursors",
    {
      op: "hello",
      ref: 1,
      token: "header.claims.proof",
      epoch,
      streams: [
        { stream: grace, cursor: 3 },
        { stream: direct, cursor: 5 },
        { stream: engineRoom, cursor: 70_000 },
      ],
    },
  ],
  ["renew", { op: "renew", ref: 2, token: "header.newer-claims.proof" }],
  ["resume", { op: "resume", ref: 3, epoch, streams: [{ stream: direct, cursor: 5 }] }],
  ["summaries", { op: "summaries", ref: 4, channels: [direct, engineRoom] }],
  [
    "send",
    {
      op: "send",
      ref: 5,
      channel: direct,
      drafts: [{ clientMessageId: helloId, body: "Hello, Grace.", rootSeq: null }],
    },
  ],
  [
    "send two, one of them into a thread",
    {
      op: "send",
      ref: 6,
      channel: engineRoom,
      drafts: [
        { clientMessageId: helloId, body: "One", rootSeq: null },
        { clientMessageId: answerId, body: "Two", rootSeq: 5 },
      ],
    },
  ],
  ["open", { op: "open", ref: 7, channel: direct, epoch, cursor: 5 }],
  ["close", { op: "close", ref: 8, channel: direct }],
  ["history, the newest page", { op: "history", ref: 9, channel: direct, before: 0, limit: 50 }],
  [
    "history before an address",
    { op: "history", ref: 10, channel: direct, before: 1_204, limit: 50 },
  ],
  [
    "read up to a message",
    {
      op: "read",
      ref: 11,
      pointers: [{ channel: direct, readSeq: 5, deliveredSeq: 5, readFrom: 5 }],
    },
  ],
  [
    "mark as unread",
    {
      op: "read",
      ref: 12,
      pointers: [{ channel: direct, readSeq: null, deliveredSeq: null, readFrom: 4 }],
    },
  ],
  ["typing begins", { op: "typing", ref: 13, channel: direct, typing: true }],
  ["typing ends", { op: "typing", ref: 14, channel: direct, typing: false }],
  ["people by number", { op: "people", ref: 15, ids: [grace], query: "", after: null }],
  [
    "people by the beginning of a name",
    { op: "people", ref: 16, ids: [], query: "gra", after: "Grace Hopper 12" },
  ],
  ["create direct", { op: "createDirect", ref: 17, user: grace }],
  ["ping", { op: "ping", ref: 18 }],
  [
    "create group",
    { op: "createGroup", ref: 30, id: groupId, name: "engine-room", users: [grace] },
  ],
  ["create group, alone in it", { op: "createGroup", ref: 31, id: groupId, name: "x", users: [] }],
  ["rename group", { op: "renameGroup", ref: 32, channel: engineRoom, name: "machine room" }],
  ["add members", { op: "addMembers", ref: 33, channel: engineRoom, users: [ada, grace] }],
  ["remove a member", { op: "removeMember", ref: 34, channel: engineRoom, user: grace }],
  ["set a role", { op: "setRole", ref: 35, channel: engineRoom, user: grace, role: "moderator" }],
  ["delete group", { op: "deleteGroup", ref: 36, channel: engineRoom }],
  ["members", { op: "members", ref: 37, channel: engineRoom, after: null }],
  [
    "members, the next page",
    { op: "members", ref: 38, channel: engineRoom, after: "12 Grace Hopper" },
  ],
  ["receipts", { op: "receipts", ref: 39, channel: engineRoom, seq: 5 }],
  [
    "set a status",
    {
      op: "setStatus",
      ref: 40,
      status: { text: "🌴 On the beach", until: morning },
    },
  ],
  ["take a status back", { op: "setStatus", ref: 41, status: null }],
  [
    "set how one is shown",
    { op: "setShown", ref: 42, shown: { as: "offline", typing: false, receipts: true } },
  ],
  ["set away", { op: "setAway", ref: 43, away: true }],
  ["text that is empty", { op: "people", ref: 19, ids: [], query: "", after: "" }],
  [
    "text in many scripts",
    {
      op: "send",
      ref: 20,
      channel: direct,
      drafts: [
        {
          clientMessageId: helloId,
          body: "Zoë, Ελένη, 世界, مرحبا, 👩🏽‍🚀, e\u0301, \ufeffmark, \u0000nul",
          rootSeq: null,
        },
      ],
    },
  ],
  [
    "text of 31, 32, 255 and 256 bytes",
    {
      op: "send",
      ref: 21,
      channel: direct,
      drafts: [31, 32, 255, 256].map((bytes, index) => ({
        clientMessageId: `019a7780-5a40-7000-8000-00000000001${index}`,
        body: "a".repeat(bytes),
        rootSeq: null,
      })),
    },
  ],
  [
    "a list of 15 elements",
    { op: "summaries", ref: 23, channels: Array.from({ length: 15 }, () => direct) },
  ],
  [
    "a list of 16 elements",
    { op: "summaries", ref: 24, channels: Array.from({ length: 16 }, () => direct) },
  ],
  ...[
    0,
    127,
    128,
    255,
    256,
    65_535,
    65_536,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 32 - 1,
    2 ** 32,
    2 ** 53 - 1,
  ].map(
    (number) =>
      [
        `the number ${number}`,
        { op: "history", ref: number, channel: direct, before: number, limit: 50 },
      ] as const,
  ),
];
