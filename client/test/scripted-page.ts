import type { CommandOf } from "#wire/command.ts";
import type { EventOf, ReplyOf } from "#wire/event.ts";
import type { ChannelId, Seq, UserId } from "#wire/ids.ts";
import type { MessageRow, Row } from "#wire/row.ts";

import { startClient } from "../sdk/client.ts";
import type { ChannelLine, Conversation } from "../store/model.ts";
import { HandClock } from "./hand-clock.ts";
import { until } from "./page.ts";
import { ScriptedServer, type ServerSocket } from "./scripted-server.ts";

export const ada = 1 as UserId;
export const grace = 2 as UserId;
export const linus = 3 as UserId;
export const direct = 7 as ChannelId;
export const lobby = 8 as ChannelId;

/** A client of Ada's against a server that a test speaks for, by a clock that it moves. */
export class ScriptedPage implements AsyncDisposable {
  readonly clock = new HandClock();
  readonly server = new ScriptedServer();
  /** Somebody touches the page. */
  touch = (): void => undefined;
  /** Whom the refresh token belongs to. */
  user = { id: ada, name: "Ada Lovelace", email: "ada@parley.test", role: "owner" };
  readonly #client = startClient({
    address: this.server.origin,
    fetch: (path, init) => Promise.resolve(this.#answer(path, init?.method)),
    WebSocket,
    clock: this.clock,
    random: () => 0.5,
    log: () => undefined,
    storage: undefined,
    locks: undefined,
    isOnline: () => true,
    watch: () => () => undefined,
    watchTouches: (touched) => {
      this.touch = touched;
      return () => undefined;
    },
  });

  get model() {
    return this.#client.model;
  }

  /** The next socket, greeted, with these channels in the list and everything caught up. */
  async arrives(
    welcome: Partial<ReplyOf<"welcome">> = {},
    channels: readonly Row[] = [directOf(1), lobbyOf(2)],
  ): Promise<{ socket: ServerSocket; hello: CommandOf<"hello"> }> {
    const socket = await this.server.socket();
    const hello = await socket.welcomes(welcome);
    const rows = [...channels];
    const through = Math.max(...rows.map(({ version }) => version));
    socket.says({ op: "reset", stream: ada, through, since: 0, older: false, rows });
    for (const { entity } of rows) socket.says(summaryOf({ channel: entity as ChannelId }));
    socket.says({ op: "caughtUp" });
    await until(this.model.channels, (lines) => lines?.length === rows.length);
    return { socket, hello };
  }

  /** Opens the direct channel and answers with its newest page, up to `through`. */
  async opens(socket: ServerSocket, rows: readonly Row[], through: Seq): Promise<Conversation> {
    this.model.openChannel("dm-1-2");
    const { ref, channel } = await socket.hears("open");
    const [since, older] = [1, false];
    socket.says({ op: "reset", stream: channel, through, since, older, rows: [...rows] });
    socket.says({ op: "opened", ref, pointers: [] });
    return this.shows(({ loaded }) => loaded);
  }

  async shows(accepts: (shown: Conversation) => boolean): Promise<Conversation> {
    const found = await until(
      this.model.conversation,
      (shown) => typeof shown === "object" && accepts(shown),
    );
    return found as Conversation;
  }

  /** Resolves when the server has heard everything that the page has said so far. */
  async said(socket: ServerSocket): Promise<void> {
    void this.model.people("", null);
    const { ref } = await socket.commands.next(
      (command) => command.op === "people" && command.ids.length === 0,
    );
    socket.says({ op: "peoplePage", ref, people: [], after: null });
  }

  /** Resolves when the page has heard everything that the server has said so far. */
  async heard(socket: ServerSocket): Promise<void> {
    const presence = this.model.presence(linus);
    const person = { user: linus, online: !presence.value.online, lastSeenAt: null, away: false };
    socket.says({ op: "presence", people: [person] });
    await until(presence, ({ online }) => online === person.online);
  }

  /** Waits until the line of a channel is as it should be. */
  async lines(accepts: (line: ChannelLine) => boolean): Promise<void> {
    await until(this.model.channels, (lines) => lines?.some(accepts) ?? false);
  }

  /** Waits until exactly these bodies are shown, in this order. */
  async showsBodies(...bodies: string[]): Promise<Conversation> {
    const wanted = JSON.stringify(bodies);
    return this.shows(
      ({ messages }) => JSON.stringify(messages.map(({ body }) => body)) === wanted,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.stop();
    await this.server[Symbol.asyncDispose]();
  }

  #answer(path: string, method = "GET"): Response {
    // What is tried here are breaks of a network, not networks without WebSocket.
    if (path === "/livez") return new Response(undefined, { status: 503 });
    if (method === "DELETE") return new Response(undefined, { status: 204 });
    const expiresAt = new Date(this.clock.now() + 600_000).toISOString();
    return Response.json({ accessToken: `of ${this.user.name}`, expiresAt, user: this.user });
  }
}

export function directOf(version: Seq): Row {
  const peer = { id: grace, name: "Grace Hopper" };
  const body = { textId: "dm-1-2", kind: "direct", name: null, role: "member" } as const;
  return {
    kind: "membership",
    entity: direct,
    version,
    body: { ...body, peer, joinedAt: 1 },
  };
}

export function lobbyOf(version: Seq): Row {
  const body = { textId: "lobby", kind: "group", name: "lobby", role: "member" } as const;
  return {
    kind: "membership",
    entity: lobby,
    version,
    body: { ...body, peer: null, joinedAt: 2 },
  };
}

export function summaryOf(changes: Partial<EventOf<"summary">>): EventOf<"summary"> {
  const pointer = { readSeq: 0, deliveredSeq: 0, readFrom: 0 };
  return {
    op: "summary",
    channel: direct,
    asOf: 0,
    lastMessage: null,
    unread: 0,
    ...pointer,
    ...changes,
  };
}

export function messageOf(seq: Seq, authorId: UserId, body = `said at ${seq}`): MessageRow {
  const clientMessageId = `00000000-0000-7000-8000-${String(seq).padStart(12, "0")}`;
  const plain = { system: false, rootSeq: null, editedAt: null, deleted: false };
  return {
    kind: "message",
    entity: seq,
    version: seq,
    body: { authorId, createdAt: 1_000 * seq, clientMessageId, ...plain, body },
  };
}

export function intervalOf(
  from: Seq,
  through: Seq,
  rows: readonly Row[],
  stream: EventOf<"interval">["stream"] = direct,
): EventOf<"interval"> {
  return { op: "interval", stream, from, through, rows: [...rows] };
}
