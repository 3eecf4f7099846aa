import type { Answer } from "../event.ts";
import type { Row } from "../row.ts";
import { limits } from "../limits.ts";
import { groupTextId } from "../text-id.ts";
import {
  ada,
  answerId,
  direct,
  engineRoom,
  epoch,
  grace,
  groupId,
  message,
  morning,
} from "./names.ts";

/** Every kind of row, there and gone, with each optional field once there and once nil. */
const channelRows: Row[] = [
  message(5),
  { ...message(6, { authorId: grace, clientMessageId: answerId, rootSeq: 5 }), version: 8 },
  { ...message(7, { editedAt: morning + 60_000, body: "Better said." }), version: 9 },
  { ...message(9, { system: true, body: "" }), version: 10 },
  { ...message(10, { deleted: true, body: "" }), version: 11 },
  { kind: "message", entity: 11, version: 12, body: null },
  {
    kind: "member",
    entity: grace,
    version: 2,
    body: { name: "Grace Hopper", role: "member", joinedAt: morning },
  },
  { kind: "member", entity: 13, version: 13, body: null },
  { kind: "settings", entity: 0, version: 14, body: { kind: "project", name: "engine-room" } },
  { kind: "settings", entity: 0, version: 15, body: { kind: "direct", name: null } },
  { kind: "settings", entity: 0, version: 16, body: null },
];
const userRows: Row[] = [
  {
    kind: "membership",
    entity: direct,
    version: 1,
    body: {
      textId: "dm-11-12",
      kind: "direct",
      name: null,
      role: "member",
      peer: { id: ada, name: "Ada Lovelace" },
      joinedAt: morning,
    },
  },
  {
    kind: "membership",
    entity: engineRoom,
    version: 2,
    body: {
      textId: "project-7",
      kind: "project",
      name: "engine-room",
      role: "admin",
      peer: null,
      joinedAt: morning,
    },
  },
  { kind: "membership", entity: 23, version: 4, body: null },
  {
    kind: "pointer",
    entity: direct,
    version: 3,
    body: { readSeq: 5, deliveredSeq: 7, readFrom: 4 },
  },
  { kind: "pointer", entity: 23, version: 5, body: null },
  {
    kind: "profile",
    entity: 0,
    version: 6,
    body: {
      status: { text: "At the keyboard", until: null },
      shown: { as: "away", typing: true, receipts: false },
    },
  },
];

/** Every reply and every event. */
export const sampleAnswers: readonly (readonly [name: string, answer: Answer])[] = [
  ["refusal", { op: "refusal", ref: 5, code: "not_a_member", detail: "", retryAfterMs: 0 }],
  [
    "refusal that says when to try again",
    { op: "refusal", ref: 6, code: "slow_down", detail: "", retryAfterMs: 250 },
  ],
  [
    "refusal of what could not be read",
    {
      op: "refusal",
      ref: 7,
      code: "malformed",
      detail: "send.channel must be channel id",
      retryAfterMs: 0,
    },
  ],
  ["done", { op: "done", ref: 8 }],
  [
    "welcome",
    {
      op: "welcome",
      ref: 1,
      version: 1,
      epoch,
      user: grace,
      now: morning,
      server: "0.1.0",
      heartbeatSeconds: limits.heartbeatSeconds,
      idleSecondsMax: limits.idleSecondsMax,
      inFlightMax: limits.inFlightMax,
      frameBytesMax: limits.frameBytesMax,
      bodyCharsMax: limits.bodyCharsMax,
    },
  ],
  [
    "sent: one stored, one refused, one not tried",
    {
      op: "sent",
      ref: 5,
      fates: [
        { seq: 5, createdAt: morning, code: null },
        { seq: 0, createdAt: 0, code: "body_too_long" },
        { seq: 0, createdAt: 0, code: "skipped" },
      ],
    },
  ],
  ["opened", { op: "opened", ref: 7, pointers: [{ user: ada, readSeq: 5, deliveredSeq: 7 }] }],
  ["opened, alone in it", { op: "opened", ref: 7, pointers: [] }],
  ["page", { op: "page", ref: 9, asOf: 12, since: 5, older: true, rows: [message(5), message(7)] }],
  ["page of an empty channel", { op: "page", ref: 9, asOf: 2, since: 0, older: false, rows: [] }],
  [
    "people page",
    {
      op: "peoplePage",
      ref: 15,
      people: [
        {
          id: ada,
          name: "Ada Lovelace",
          role: "owner",
          online: true,
          lastSeenAt: null,
          away: false,
          status: { text: "Counting", until: null },
        },
        {
          id: grace,
          name: "Grace Hopper",
          role: "member",
          online: false,
          lastSeenAt: morning,
          away: false,
          status: null,
        },
      ],
      after: "Grace Hopper 12",
    },
  ],
  ["people page, the last", { op: "peoplePage", ref: 16, people: [], after: null }],
  ["direct", { op: "direct", ref: 17, channel: direct, textId: "dm-11-12" }],
  ["pong", { op: "pong", ref: 18, now: morning }],
  ["created", { op: "created", ref: 30, channel: engineRoom, textId: groupTextId(groupId) }],
  [
    "members page",
    {
      op: "membersPage",
      ref: 37,
      members: [
        {
          id: ada,
          name: "Ada Lovelace",
          role: "admin",
          joinedAt: morning,
          online: true,
          lastSeenAt: null,
          away: true,
          status: { text: "Lunch", until: morning },
        },
        {
          id: grace,
          name: "Grace Hopper",
          role: "member",
          joinedAt: morning,
          online: false,
          lastSeenAt: morning,
          away: false,
          status: null,
        },
      ],
      count: 2,
      after: null,
    },
  ],
  [
    "members page, more to come",
    { op: "membersPage", ref: 38, members: [], count: 70, after: "12 Grace Hopper" },
  ],
  [
    "receipts page",
    {
      op: "receiptsPage",
      ref: 39,
      receipts: [
        { user: grace, delivered: true, deliveredAt: morning, read: true, readAt: null },
        { user: ada, delivered: false, deliveredAt: null, read: false, readAt: null },
        { user: ada, delivered: true, deliveredAt: null, read: true, readAt: morning },
      ],
    },
  ],
  [
    "interval of a channel",
    { op: "interval", stream: direct, from: 4, through: 16, rows: channelRows },
  ],
  ["interval of a user", { op: "interval", stream: grace, from: 0, through: 6, rows: userRows }],
  [
    "interval with a profile that is gone",
    {
      op: "interval",
      stream: grace,
      from: 6,
      through: 7,
      rows: [{ kind: "profile", entity: 0, version: 7, body: null }],
    },
  ],
  ["interval without rows", { op: "interval", stream: direct, from: 16, through: 17, rows: [] }],
  [
    "reset",
    { op: "reset", stream: direct, through: 12, since: 5, older: true, rows: [message(5)] },
  ],
  [
    "summary",
    {
      op: "summary",
      channel: direct,
      asOf: 12,
      lastMessage: message(5),
      unread: 100,
      readSeq: 4,
      deliveredSeq: 5,
      readFrom: 4,
    },
  ],
  [
    "summary of an empty channel",
    {
      op: "summary",
      channel: engineRoom,
      asOf: 2,
      lastMessage: null,
      unread: 0,
      readSeq: 0,
      deliveredSeq: 0,
      readFrom: 0,
    },
  ],
  ["caught up", { op: "caughtUp" }],
  ["token expiring", { op: "tokenExpiring", at: morning + 60_000 }],
  [
    "pointers",
    { op: "pointers", channel: direct, pointers: [{ user: ada, readSeq: 5, deliveredSeq: 7 }] },
  ],
  ["typing changed", { op: "typingChanged", channel: direct, user: ada, typing: true }],
  [
    "presence",
    {
      op: "presence",
      people: [
        { user: ada, online: true, lastSeenAt: null, away: true },
        { user: grace, online: false, lastSeenAt: morning, away: false },
      ],
    },
  ],
  ["lagged", { op: "lagged" }],
  ["goodbye", { op: "goodbye", returnAfterMs: 1_250 }],
  [
    "status changed",
    { op: "statusChanged", user: ada, status: { text: "In a meeting", until: morning } },
  ],
  ["status taken back", { op: "statusChanged", user: ada, status: null }],
  ["online count", { op: "onlineCount", channel: engineRoom, online: 312 }],
];
