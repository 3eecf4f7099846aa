import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { createDirectChannel } from "../../chat/create-direct.ts";
import { createGroup, deleteGroup, renameGroup } from "../../chat/manage-group.ts";
import { readWhyNot } from "../../store/membership.ts";
import { findOwnChannel, readOwnChannels } from "../../store/own-channel.ts";
import { channelJson } from "../chat-json.ts";
import {
  Channel,
  ChannelForm,
  ChannelParam,
  Channels,
  NameForm,
  ChannelsQuery,
} from "../chat-schema.ts";
import type { AppEnv, Parts } from "../parts.ts";
import { problem, refused } from "../problem.ts";
import { answer, bearer, body, otherwise } from "../schema.ts";

const list = createRoute({
  method: "get",
  path: "/api/v1/channels",
  operationId: "listChannels",
  summary: "One's own channels with last message, unread and pointers, newest activity first",
  security: bearer,
  request: { query: ChannelsQuery },
  responses: { 200: answer("A page of them", Channels), ...otherwise },
});

const create = createRoute({
  method: "post",
  path: "/api/v1/channels",
  operationId: "createChannel",
  summary: "Make a group, or open the direct channel with somebody",
  security: bearer,
  request: body(ChannelForm),
  responses: { 201: answer("The channel, new or not", Channel), ...otherwise },
});

const one = createRoute({
  method: "get",
  path: "/api/v1/channels/{channel}",
  operationId: "getChannel",
  summary: "One channel that one is in",
  security: bearer,
  request: { params: ChannelParam },
  responses: { 200: answer("The channel", Channel), ...otherwise },
});

const rename = createRoute({
  method: "patch",
  path: "/api/v1/channels/{channel}",
  operationId: "renameChannel",
  summary: "Give a group another name",
  security: bearer,
  request: { params: ChannelParam, ...body(NameForm) },
  responses: { 200: answer("The channel", Channel), ...otherwise },
});

const remove = createRoute({
  method: "delete",
  path: "/api/v1/channels/{channel}",
  operationId: "deleteChannel",
  summary: "Delete a group for everybody",
  security: bearer,
  request: { params: ChannelParam },
  responses: { 204: { description: "It is gone" }, ...otherwise },
});

/** The routes of channels themselves. */
export function addChannelRoutes(app: OpenAPIHono<AppEnv>, parts: Parts): void {
  const { sql, chat } = parts;
  const read = async (user: UserId, channels: readonly ChannelId[]) => {
    const own = new Map(
      (await readOwnChannels(sql, user, channels)).map((channel) => [channel.id, channel]),
    );
    const summaries = await chat.reads.summaries(user, channels);
    const peers = [...own.values()].flatMap(({ peer }) => (peer ? [peer.id] : []));
    const here = await chat.presence.here(peers);
    return summaries.flatMap((summary) => {
      const channel = own.get(summary.channel);
      return channel ? channelJson(channel, summary, here) : [];
    });
  };

  app.openapi(list, async (c) => {
    const { after, limit, textId } = c.req.valid("query");
    if (textId !== undefined) {
      const found = await findOwnChannel(sql, c.var.caller.id, textId);
      const channels = found === undefined ? [] : await read(c.var.caller.id, [found]);
      return c.json({ channels, next: null }, 200);
    }
    const from = after === undefined ? undefined : /^(\d{1,15})-(\d{1,15})$/.exec(after);
    if (from === null) return problem(c, "input_invalid", { field: "after" });

    const { id } = c.var.caller;
    const [, atMs, lastId] = (from ?? []).map(Number);
    const all = await chat.reads.memberships(id);
    const later = all.filter(
      ({ activeAtMs, channelId }) =>
        atMs === undefined || activeAtMs < atMs || (activeAtMs === atMs && channelId < lastId!),
    );
    const page = later.slice(0, limit);
    const channels = await read(
      id,
      page.map(({ channelId }) => channelId),
    );
    const last = page.at(-1);
    const next = later.length > limit && last ? `${last.activeAtMs}-${last.channelId}` : null;
    return c.json({ channels, next }, 200);
  });

  app.openapi(create, async (c) => {
    const form = c.req.valid("json");
    const { id } = c.var.caller;
    const made =
      form.kind === "direct"
        ? await createDirectChannel(chat, id, { user: form.user as UserId })
        : await createGroup(chat, id, { ...form, users: form.users as UserId[] });
    if ("refused" in made) return refused(c, made);
    const [channel] = await read(id, [made.channel]);
    return channel ? c.json(channel, 201) : problem(c, "not_a_member");
  });

  app.openapi(one, async (c) => {
    const channel = c.req.valid("param").channel as ChannelId;
    const { id } = c.var.caller;
    const [found] = await read(id, [channel]);
    return found ? c.json(found, 200) : problem(c, await readWhyNot(sql, channel, id));
  });

  app.openapi(rename, async (c) => {
    const channel = c.req.valid("param").channel as ChannelId;
    const { id } = c.var.caller;
    const renamed = await renameGroup(chat, id, { channel, ...c.req.valid("json") });
    if ("refused" in renamed) return refused(c, renamed);
    const [found] = await read(id, [channel]);
    return found ? c.json(found, 200) : problem(c, await readWhyNot(sql, channel, id));
  });

  app.openapi(remove, async (c) => {
    const channel = c.req.valid("param").channel as ChannelId;
    const deleted = await deleteGroup(chat, c.var.caller.id, { channel });
    return "refused" in deleted ? refused(c, deleted) : c.body(null, 204);
  });
}
