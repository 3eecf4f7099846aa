import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { ChannelId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import { readWhyNot } from "../../store/membership.ts";
import type { Summary } from "../../store/summary.ts";
import { ChannelParam, PointersForm, TypingForm, Unread } from "../chat-schema.ts";
import type { AppEnv, Parts } from "../parts.ts";
import { problem } from "../problem.ts";
import { answer, bearer, body, otherwise } from "../schema.ts";

const pointers = createRoute({
  method: "put",
  path: "/api/v1/channels/{channel}/pointers",
  operationId: "setPointers",
  summary: "Mark as read, as received, or as unread from an address on; null leaves one as it is",
  security: bearer,
  request: { params: ChannelParam, ...body(PointersForm) },
  responses: { 204: { description: "It is stored" }, ...otherwise },
});

const typing = createRoute({
  method: "post",
  path: "/api/v1/channels/{channel}/typing",
  operationId: "setTyping",
  summary: "Say that one is writing, at most every 2 s; it is forgotten after 5 s",
  security: bearer,
  request: { params: ChannelParam, ...body(TypingForm) },
  responses: { 204: { description: "Who looks is told" }, ...otherwise },
});

const unread = createRoute({
  method: "get",
  path: "/api/v1/unread",
  operationId: "getUnread",
  summary: "How much is unread in each channel, counted to 100, and in all",
  security: bearer,
  responses: { 200: answer("Channels with something unread", Unread), ...otherwise },
});

/** What writes over HTTP is one device for all: it has no socket whose end would say that somebody stopped. */
const httpDevice = {};

/** The routes of reading and of being seen to write. */
export function addReadingRoutes(app: OpenAPIHono<AppEnv>, { sql, chat }: Parts): void {
  app.openapi(pointers, async (c) => {
    const channelId = c.req.valid("param").channel as ChannelId;
    const userId = c.var.caller.id;
    if ((await chat.readMemberOf(userId, [channelId])).size === 0) {
      return problem(c, await readWhyNot(sql, channelId, userId));
    }
    const { readSeq, deliveredSeq, readFrom } = c.req.valid("json");
    await chat.pointers.add([{ channelId, userId, readSeq, deliveredSeq, readFrom }]);
    return c.body(null, 204);
  });

  app.openapi(typing, async (c) => {
    const channelId = c.req.valid("param").channel as ChannelId;
    const userId = c.var.caller.id;
    if ((await chat.readMemberOf(userId, [channelId])).size === 0) {
      return problem(c, await readWhyNot(sql, channelId, userId));
    }
    const { typing: isTyping } = c.req.valid("json");
    const profile = isTyping ? await chat.reads.profile(userId) : undefined;
    if (profile?.shown.typing) chat.typing.started(channelId, userId, httpDevice);
    else chat.typing.stopped(channelId, userId, httpDevice);
    return c.body(null, 204);
  });

  app.openapi(unread, async (c) => {
    const { id } = c.var.caller;
    const channels = (await chat.reads.memberships(id)).map(({ channelId }) => channelId);
    const found: Summary[] = [];
    for (let at = 0; at < channels.length; at += limits.streamsPerSummariesMax) {
      const group = channels.slice(at, at + limits.streamsPerSummariesMax);
      found.push(...(await chat.reads.summaries(id, group)));
    }
    const waiting = found.filter((summary) => summary.unread > 0);
    return c.json(
      {
        total: waiting.reduce((total, summary) => total + summary.unread, 0),
        channels: waiting.map((summary) => ({ channel: summary.channel, unread: summary.unread })),
      },
      200,
    );
  });
}
