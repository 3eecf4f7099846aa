import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { pause } from "#lib/wait.ts";
import { isoOf } from "../chat-json.ts";
import type { AppEnv, Parts } from "../parts.ts";
import { problem, slowDown, turnedAway } from "../problem.ts";
import { readableEvents } from "../readable-events.ts";
import { answer, bearer, otherwise } from "../schema.ts";

const Ticket = z.object({ ticket: z.string(), expiresAt: z.iso.datetime() }).openapi("Ticket");
/** A frame of `parley.v1.json`, as PROTOCOL.md has it. */
const frame = {
  body: { required: true, content: { "application/json": { schema: z.array(z.any()) } } },
};
const events = (description: string) => ({
  description,
  content: { "text/event-stream": { schema: z.string() } },
});

const begin = createRoute({
  method: "post",
  path: "/api/v1/stream",
  operationId: "openStream",
  summary: "The socket's twin: begins with `hello`, and answers with frames as server-sent events",
  request: frame,
  responses: { 200: events("`stream` with its id, then frames, then `close`"), ...otherwise },
});

const say = createRoute({
  method: "post",
  path: "/api/v1/stream/{stream}/{number}",
  operationId: "sendFrame",
  summary: "Commands for a stream, numbered from 1; their replies come on it",
  request: {
    params: z.object({
      stream: z.string().max(60),
      number: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
    }),
    ...frame,
  },
  responses: {
    202: { description: "It is taken, and executed in the order of its number" },
    ...otherwise,
  },
});

const ticketRoute = createRoute({
  method: "post",
  path: "/api/v1/stream/ticket",
  operationId: "createTicket",
  summary: "A word for `stream/events`, which stands for the token once and for a minute",
  security: bearer,
  responses: { 201: answer("The ticket", Ticket), ...otherwise },
});

const read = createRoute({
  method: "get",
  path: "/api/v1/stream/events",
  operationId: "readEvents",
  summary:
    "Events by name and in words, for EventSource and curl -N; with `channel` its typing and receipts too",
  request: {
    query: z.object({
      ticket: z.string().max(100),
      channel: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
    }),
  },
  responses: {
    200: events("connected, message, typing, read_receipt, presence, heartbeat"),
    ...otherwise,
  },
});

const test = createRoute({
  method: "get",
  path: "/api/v1/stream/test",
  operationId: "testStream",
  summary: "Five numbered events, a fifth of a second apart: whether a proxy lets streams through",
  responses: { 200: events("`test` five times, then `end`"), ...otherwise },
});

const testEvents = { count: 5, everyMs: 200 } as const;

/** A proxy that buffers would keep everything to itself: nginx is told by the last of these. */
function stream(c: Context, body: ReadableStream<Uint8Array>): Response {
  // Bun ends it with its reader; who wants the head alone is none.
  const isRead = c.req.raw.method !== "HEAD";
  if (!isRead) void body.cancel();
  return c.body(isRead ? body : "", 200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store, no-transform",
    "x-accel-buffering": "no",
  });
}

/** The routes of streamed responses: DESIGN of the twin in PROTOCOL.md, "Without WebSocket". */
export function addStreamRoutes(
  app: OpenAPIHono<AppEnv>,
  { admission, entries, streams, tickets, isDraining, now }: Parts,
): void {
  app.openapi(ticketRoute, async (c) => {
    const waitMs = await entries.ticket(c.var.sessionId);
    if (waitMs > 0) return slowDown(c, waitMs);
    const token = (c.req.header("authorization") ?? "").replace(/^Bearer /i, "");
    const { ticket, expiresAtMs } = await tickets.make(token);
    return c.json({ ticket, expiresAt: isoOf(expiresAtMs) }, 201);
  });

  app.openapi(read, async (c) => {
    const { ticket, channel } = c.req.valid("query");
    if (isDraining()) return problem(c, "unavailable", { retryAfterSeconds: 1 });
    const { address } = c.var;
    // Before the ticket is spent: it is good for another try. Meanwhile the place is taken.
    const refusal = admission.whyNot(address);
    if (refusal) return turnedAway(c, refusal);
    admission.opened(address);
    let token: string | undefined;
    try {
      token = await tickets.spend(ticket);
    } finally {
      admission.closed(address);
    }
    if (token === undefined) return problem(c, "ticket_invalid");
    const open = streams.open(address, readableEvents);
    // What can only listen says hello by the server's own hand.
    open.receiver.receive(JSON.stringify([1, 1, token, "", []]));
    if (channel !== undefined) open.receiver.receive(JSON.stringify([6, 2, channel, "", 0]));
    open.session.isListenerOnly = true;
    return stream(c, open.socket.body);
  });

  app.openapi(test, (c) => {
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      async start(controller) {
        for (let number = 1; number <= testEvents.count; number++) {
          controller.enqueue(
            encoder.encode(
              `event: test\ndata: ${JSON.stringify({ number, now: isoOf(now()) })}\n\n`,
            ),
          );
          await pause(testEvents.everyMs);
        }
        controller.enqueue(encoder.encode("event: end\ndata: {}\n\n"));
        controller.close();
      },
    });
    return stream(c, body);
  });

  app.openapi(begin, async (c) => {
    const first = await c.req.text();
    // It would be told to leave as soon as it had come.
    if (isDraining()) return problem(c, "unavailable", { retryAfterSeconds: 1 });
    const refusal = admission.whyNot(c.var.address);
    if (refusal) return turnedAway(c, refusal);
    const open = streams.open(c.var.address, (text) => `data: ${text}\n\n`);
    open.socket.write(`event: stream\ndata: ${JSON.stringify({ id: open.id })}\n\n`);
    open.receiver.receive(first);
    return stream(c, open.socket.body);
  });

  app.openapi(say, async (c) => {
    const { stream: id, number } = c.req.valid("param");
    switch (await streams.take(id, number, await c.req.text())) {
      case "taken":
        return c.body(null, 202);
      case "gone":
        return problem(c, "stream_gone");
      case "away":
        return problem(c, "unavailable", { retryAfterSeconds: 1 });
      case "too_far_ahead":
        return problem(c, "too_far_ahead");
    }
  });
}
