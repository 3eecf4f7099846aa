import { expect, test } from "bun:test";

import { decodeAnswers, decodeCommands, type Frame, jsonOf, encodeAnswer } from "#wire/codec.ts";
import type { Command } from "#wire/command.ts";
import type { ChannelId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";

import { HandClock } from "../test/hand-clock.ts";
import { Queue } from "../test/queue.ts";
import { streamedBy } from "./streamed.ts";

interface Request {
  readonly path: string;
  readonly body: string;
  readonly answer: (response: Response) => void;
  readonly signal: AbortSignal;
}

/** A stream that was greeted, against a server that a test speaks for. */
async function greeted() {
  const clock = new HandClock();
  const requests = new Queue<Request>();
  const heard = new Queue<Frame>();
  const closed = new Queue<number>();
  const opened = Promise.withResolvers<void>();
  const fetch = (path: string, init: RequestInit = {}): Promise<Response> => {
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    const signal = init.signal!;
    signal.addEventListener("abort", () => reject(signal.reason as Error));
    requests.add({ path, body: init.body as string, answer: resolve, signal });
    return promise;
  };
  const carrier = streamedBy(
    fetch,
    clock,
  )({
    opened: opened.resolve,
    heard: (frame) => heard.add(frame),
    closed: (number) => closed.add(number),
  });
  await opened.promise;
  carrier.send({ op: "hello", ref: 1, token: "of Ada", epoch: "", streams: [] });
  const hello = await requests.next();
  const { readable, writable } = new TransformStream<Uint8Array>();
  const writer = writable.getWriter();
  return {
    clock,
    requests,
    heard,
    closed,
    carrier,
    hello,
    begins: () => hello.answer(new Response(readable)),
    says: (text: string) => writer.write(new TextEncoder().encode(text)),
    ends: () => writer.close(),
  };
}

const taken = () => new Response(undefined, { status: 202 });
const ping = (ref: number): Command => ({ op: "ping", ref });

test("E10: hello opens the stream; what is said before it is there waits, then goes in order, one request at a time", async () => {
  const { hello, requests, carrier, begins, says } = await greeted();
  expect(hello.path).toBe("/api/v1/stream");
  expect(decodeCommands(hello.body)).toMatchObject([{ op: "hello", token: "of Ada" }]);
  carrier.send(ping(2));
  begins();
  await says('event: stream\ndata: {"id":"w-1"}\n\n');
  const first = await requests.next();
  expect([first.path, decodeCommands(first.body)]).toEqual(["/api/v1/stream/w-1/1", [ping(2)]]);
  carrier.send(ping(3));
  carrier.send(ping(4));
  expect(requests.all).toHaveLength(2);
  first.answer(taken());
  const second = await requests.next();
  expect([second.path, decodeCommands(second.body)]).toEqual([
    "/api/v1/stream/w-1/2",
    [ping(3), ping(4)],
  ]);
});

test("E10: a bundle is never larger than a frame may be", async () => {
  const { requests, carrier, begins, says } = await greeted();
  // Three bytes of UTF-8 each: what counts is what travels.
  const body = "字".repeat(7_000);
  for (let ref = 2; ref < 8; ref++) {
    const draft = { clientMessageId: crypto.randomUUID(), body, rootSeq: null };
    carrier.send({ op: "send", ref, channel: 5 as ChannelId, drafts: [draft] });
  }
  begins();
  await says('event: stream\ndata: {"id":"w-1"}\n\n');
  const refs: number[] = [];
  while (refs.length < 6) {
    const { body: bundle, answer } = await requests.next();
    expect(Buffer.byteLength(bundle)).toBeLessThanOrEqual(limits.frameBytesMax);
    refs.push(...decodeCommands(bundle).map((command) => command.ref));
    answer(taken());
  }
  expect(refs).toEqual([2, 3, 4, 5, 6, 7]);
});

test("E10: frames are heard however the network cuts them, comments are not, and a close has the server's number", async () => {
  const { heard, closed, begins, says } = await greeted();
  begins();
  const pong = jsonOf(encodeAnswer({ op: "pong", ref: 2, now: 7 }));
  const text = `event: stream\ndata: {"id":"w-1"}\n\n:\n\ndata: ${pong}\n\n`;
  await says(text.slice(0, -9));
  await says(text.slice(-9));
  expect(decodeAnswers(await heard.next())).toEqual([{ op: "pong", ref: 2, now: 7 }]);
  await says('event: close\ndata: {"code":4005,"reason":"said"}\n\n');
  expect(await closed.next()).toBe(4005);
  expect(heard.all).toHaveLength(1);
});

test("E10: an end without a word, a refusal, and a request that is not answered within 5 s are a broken network", async () => {
  const ended = await greeted();
  ended.begins();
  await ended.ends();
  expect(await ended.closed.next()).toBe(1006);

  const refused = await greeted();
  refused.begins();
  await refused.says('event: stream\ndata: {"id":"w-1"}\n\n');
  refused.carrier.send(ping(2));
  (await refused.requests.next()).answer(new Response(undefined, { status: 410 }));
  expect(await refused.closed.next()).toBe(1006);
  expect(refused.hello.signal.aborted).toBe(true);

  const silent = await greeted();
  silent.clock.pass(4_999);
  expect(silent.closed.all).toEqual([]);
  silent.clock.pass(1);
  expect(await silent.closed.next()).toBe(1006);
});

test("E10: who closes it hears nothing more, and the request ends", async () => {
  const { carrier, hello, closed, requests } = await greeted();
  carrier.close();
  carrier.send(ping(2));
  expect(hello.signal.aborted).toBe(true);
  await Promise.resolve();
  expect([closed.all, requests.all.length]).toEqual([[], 1]);
});
