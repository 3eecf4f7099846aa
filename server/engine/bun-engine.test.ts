/** The hazards of Bun 1.4.5's engine, each as it is met here. */
import { expect, test } from "bun:test";
import { startBunEngine } from "./bun-engine.ts";
import type { Engine, EngineFrame, EngineSocket } from "./engine.ts";

interface Named {
  readonly name: string;
}
type Socket = EngineSocket<Named>;

/** What happened, in order, and a way to wait for it. */
class Happenings {
  readonly #all: string[] = [];
  #look: () => void = () => undefined;

  add(what: string): void {
    this.#all.push(what);
    this.#look();
  }

  /** One waits at a time. */
  async until(what: string): Promise<void> {
    while (!this.#all.includes(what)) {
      await new Promise<void>((resolve) => (this.#look = resolve));
    }
  }

  get all(): readonly string[] {
    return this.#all;
  }
}

interface Running extends AsyncDisposable {
  readonly engine: Engine;
  readonly sockets: Map<string, Socket>;
  readonly happened: Happenings;
  on: { drained: (socket: Socket) => void; received: (socket: Socket, frame: EngineFrame) => void };
  connect(
    name: string,
  ): Promise<{ socket: WebSocket; got: EngineFrame[]; closed: Promise<number> }>;
}

async function start(backpressureBytesMax = 16 * 1024 * 1024): Promise<Running> {
  const sockets = new Map<string, Socket>();
  const happened = new Happenings();
  const on: Running["on"] = { drained: () => undefined, received: () => undefined };
  const engine = startBunEngine<Named>(
    {
      host: "127.0.0.1",
      port: 0,
      frameBytesMax: 64 * 1024,
      backpressureBytesMax,
      bodyBytesMax: 1024,
      tls: undefined,
      isShared: false,
    },
    {
      fetch: () => new Response("a page"),
      upgrade: (request) => {
        const { pathname } = new URL(request.url);
        if (pathname === "/refused") return { refused: new Response("no", { status: 403 }) };
        if (!pathname.startsWith("/ws")) return undefined;
        return { data: { name: pathname.slice(4) }, subprotocol: undefined };
      },
      opened: (socket) => {
        sockets.set(socket.data.name, socket);
        happened.add(`${socket.data.name} opened`);
      },
      received: (socket, frame) => on.received(socket, frame),
      controlled: () => undefined,
      drained: (socket) => on.drained(socket),
      closed: (socket, code) => happened.add(`${socket.data.name} closed ${code}`),
    },
  );
  return {
    engine,
    sockets,
    happened,
    on,
    connect: async (name) => {
      const socket = new WebSocket(`ws://127.0.0.1:${engine.port}/ws/${name}`);
      socket.binaryType = "arraybuffer";
      const got: EngineFrame[] = [];
      socket.addEventListener("message", ({ data }) => {
        got.push(typeof data === "string" ? data : new Uint8Array(data as ArrayBuffer));
        happened.add(`${name} got ${got.length}`);
      });
      const closed = new Promise<number>((resolve) => {
        socket.addEventListener("close", ({ code }) => resolve(code));
      });
      const open = new Promise((resolve) => socket.addEventListener("open", resolve));
      await Promise.all([happened.until(`${name} opened`), open]);
      return { socket, got, closed };
    },
    [Symbol.asyncDispose]: () => engine.stop(),
  };
}

test("what is published reaches exactly the sockets that are subscribed at that moment, as the frame it is", async () => {
  await using running = await start();
  const { engine, sockets, happened } = running;
  const [ada, grace, linus] = [
    await running.connect("ada"),
    await running.connect("grace"),
    await running.connect("linus"),
  ];
  for (const name of ["ada", "grace"]) sockets.get(name)!.subscribe("lobby");
  sockets.get("ada")!.subscribe("lobby"); // Twice is once.
  engine.publish("lobby", Uint8Array.of(1, 2, 3));
  sockets.get("grace")!.unsubscribe("lobby");
  engine.publish("lobby", "text");
  engine.publish("nobody listens", Uint8Array.of(9));
  for (const name of ["ada", "grace", "linus"]) sockets.get(name)!.send("last");
  for (const [name, count] of [
    ["ada", 3],
    ["grace", 2],
    ["linus", 1],
  ] as const) {
    await happened.until(`${name} got ${count}`);
  }
  expect(ada.got).toEqual([Uint8Array.of(1, 2, 3), "text", "last"]);
  expect(grace.got).toEqual([Uint8Array.of(1, 2, 3), "last"]);
  expect(linus.got).toEqual(["last"]);
  expect(engine.isListenedTo("lobby")).toBe(true);
  sockets.get("ada")!.close(4005, "session_ended");
  expect(engine.isListenedTo("lobby")).toBe(false);
});

test("W6: publishing says whether a subscriber had no room for a frame; where nobody listens nobody loses one", async () => {
  await using running = await start(128 * 1024);
  const { engine, sockets } = running;
  await running.connect("ada");
  sockets.get("ada")!.subscribe("lobby");
  const frame = new Uint8Array(64 * 1024);
  expect(engine.publish("nobody listens", frame)).toBe(true);
  // In one tick the other side reads nothing: the kernel takes some megabytes, then the engine its limit.
  let published = 0;
  while (published < 2_000 && engine.publish("lobby", frame)) published++;
  expect(published).toBeGreaterThan(2);
  expect(published).toBeLessThan(2_000);
});

test("a close is told at once, once, and nothing can be sent behind it; the other side has the number", async () => {
  await using running = await start();
  const { closed } = await running.connect("ada");
  const socket = running.sockets.get("ada")!;
  socket.close(4007, "behind");
  // `leave` relies on it: when close returns, the socket is on no topic and in no list.
  expect(running.happened.all).toEqual(["ada opened", "ada closed 4007"]);
  expect(socket.send("too late")).toBe(0);
  socket.close(4007, "behind");
  expect(await closed).toBe(4007);
  expect(running.happened.all).toEqual(["ada opened", "ada closed 4007"]);
});

test("a frame above the limit closes the socket and never arrives; one at the limit does", async () => {
  await using running = await start();
  const sizes: number[] = [];
  running.on.received = (socket, frame) => {
    sizes.push(frame.length);
    socket.send("heard");
  };
  const { socket, closed } = await running.connect("ada");
  socket.send(new Uint8Array(64 * 1024));
  await running.happened.until("ada got 1");
  socket.send(new Uint8Array(64 * 1024 + 1));
  // What is unread when the engine closes makes the kernel cut the connection, and 1009 may be lost.
  expect([1006, 1009]).toContain(await closed);
  expect(sizes).toEqual([64 * 1024]);
});

test("frames of 16 KiB and more arrive after a drain, sent as soon as it is told", async () => {
  await using running = await start();
  const large = new Uint8Array(40_000).fill(7);
  const counts = { queued: 0, drains: 0 };
  running.on.drained = (socket) => {
    counts.drains++;
    if (counts.drains === 1) socket.send(large);
  };
  const { got } = await running.connect("ada");
  const socket = running.sockets.get("ada")!;
  let sent = 0;
  // More than the kernel takes at once: the rest waits in the engine, and is drained.
  while (counts.queued === 0 || sent < 300) {
    if (socket.send(large) === -1) counts.queued++;
    sent++;
  }
  expect(socket.bufferedBytes()).toBeGreaterThan(0);
  await running.happened.until(`ada got ${sent + 1}`);
  expect(counts.drains).toBeGreaterThan(0);
  expect(got.every((frame) => frame.length === large.length)).toBe(true);
  expect(socket.bufferedBytes()).toBe(0);
});

test("an upgrade is refused with a status, and other paths are pages", async () => {
  await using running = await start();
  const at = (path: string): string => `http://127.0.0.1:${running.engine.port}${path}`;
  const upgrade = { headers: { upgrade: "websocket", connection: "upgrade" } };
  expect((await fetch(at("/refused"), upgrade)).status).toBe(403);
  expect((await fetch(at("/ws/ada"))).status).toBe(426);
  expect(await (await fetch(at("/"))).text()).toBe("a page");
});
