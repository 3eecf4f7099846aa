import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { ChannelId } from "#wire/ids.ts";
import type { MessageRow } from "#wire/row.ts";
import { receipts } from "../../chat/receipts.ts";
import { storeDrafts } from "../../chat/send-message.ts";
import { readPage } from "../../store/history.ts";
import { readWhyNot } from "../../store/membership.ts";
import { isoOf, isoOrNull, messageJson } from "../chat-json.ts";
import {
  ChannelParam,
  HistoryQuery,
  Message,
  MessageForm,
  MessageParam,
  Messages,
  Receipts,
  SentMessage,
} from "../chat-schema.ts";
import type { AppEnv, Parts } from "../parts.ts";
import { problem, refused } from "../problem.ts";
import { answer, bearer, body, otherwise } from "../schema.ts";

const path = "/api/v1/channels/{channel}/messages";

const list = createRoute({
  method: "get",
  path,
  operationId: "listMessages",
  summary: "A page of history, oldest first: the newest messages, or those before an address",
  security: bearer,
  request: { params: ChannelParam, query: HistoryQuery },
  responses: { 200: answer("The messages", Messages), ...otherwise },
});

const send = createRoute({
  method: "post",
  path,
  operationId: "sendMessage",
  summary: "Say something; committed when it is answered, and stored once however often it is sent",
  security: bearer,
  request: { params: ChannelParam, ...body(MessageForm) },
  responses: {
    200: answer("It was there already, under this `clientMessageId`", SentMessage),
    201: answer("It is committed", SentMessage),
    ...otherwise,
  },
});

const one = createRoute({
  method: "get",
  path: `${path}/{seq}`,
  operationId: "getMessage",
  summary: "One message",
  security: bearer,
  request: { params: MessageParam },
  responses: { 200: answer("The message", Message), ...otherwise },
});

const who = createRoute({
  method: "get",
  path: `${path}/{seq}/receipts`,
  operationId: "listReceipts",
  summary: "Who has a message, and since when",
  security: bearer,
  request: { params: MessageParam },
  responses: { 200: answer("Everybody else who was there", Receipts), ...otherwise },
});

/** The routes of what is said. */
export function addMessageRoutes(app: OpenAPIHono<AppEnv>, { sql, chat }: Parts): void {
  app.openapi(list, async (c) => {
    const channel = c.req.valid("param").channel as ChannelId;
    const { before, limit } = c.req.valid("query");
    const { id } = c.var.caller;
    const page = await readPage(sql, id, channel, before, limit);
    if (!page) return problem(c, await readWhyNot(sql, channel, id));
    const messages = page.rows.map((row) => messageJson(channel, row as MessageRow));
    return c.json({ messages, before: page.older ? page.since : null }, 200);
  });

  app.openapi(send, async (c) => {
    const channel = c.req.valid("param").channel as ChannelId;
    const draft = c.req.valid("json");
    const { caller, sessionId } = c.var;
    const [fate] = await storeDrafts(chat, { userId: caller.id, sessionId }, channel, [draft]);
    if (!fate || "refused" in fate) return refused(c, fate ?? { refused: "unavailable" });
    const { seq, createdAt, born } = fate;
    return c.json({ channel, seq, createdAt: isoOf(createdAt) }, born ? 201 : 200);
  });

  app.openapi(one, async (c) => {
    const { channel, seq } = c.req.valid("param") as { channel: ChannelId; seq: number };
    const { id } = c.var.caller;
    const page = await readPage(sql, id, channel, seq + 1, 1);
    if (!page) return problem(c, await readWhyNot(sql, channel, id));
    const found = page.rows.find((row) => row.entity === seq);
    if (!found) return problem(c, "message_unknown");
    return c.json(messageJson(channel, found as MessageRow), 200);
  });

  app.openapi(who, async (c) => {
    const about = c.req.valid("param") as { channel: ChannelId; seq: number };
    const found = await receipts(chat, c.var.caller.id, about);
    if ("refused" in found) return refused(c, found);
    const all = found.receipts.map((receipt) => ({
      ...receipt,
      deliveredAt: isoOrNull(receipt.deliveredAt),
      readAt: isoOrNull(receipt.readAt),
    }));
    return c.json({ receipts: all }, 200);
  });
}
