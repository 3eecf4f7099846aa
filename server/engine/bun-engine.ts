import type { ServerWebSocket } from "bun";
import { log } from "../observe/log.ts";
import type { Engine, EngineFrame, EngineHandlers, EngineOptions, EngineSocket } from "./engine.ts";

interface Attached<Data> {
  readonly data: Data;
  socket: EngineSocket<Data> | undefined;
}

/**
 * Starts Bun's own server, which is uWebSockets.
 *
 * Its hazards, and what is done about each: `idleTimeout` is re-armed by outgoing traffic, so it is off and sessions keep their own
 * deadlines; `closeOnBackpressureLimit` can leave gaps, so it is off and sockets are cut above a budget; deflate compresses once per
 * subscriber, so it is off; the upgrade is synchronous.
 *
 * @throws the system's error where the address is taken or forbidden
 */
export function startBunEngine<Data>(
  options: EngineOptions,
  handlers: EngineHandlers<Data>,
): Engine {
  const socketOf = (ws: ServerWebSocket<Attached<Data>>): EngineSocket<Data> =>
    (ws.data.socket ??= new BunSocket(ws));
  const scheme = options.tls ? "https" : "http";
  const server = Bun.serve<Attached<Data>>({
    hostname: options.host,
    port: options.port,
    // Always said: `development: false` alone would share the port with whoever asks.
    reusePort: options.isShared,
    ...(options.tls && { tls: options.tls }),
    maxRequestBodySize: options.bodyBytesMax,
    // Streamed responses beat every 15 s; Bun's own 10 s would cut them.
    idleTimeout: 60,
    // Its page of an error shows sources and paths to whoever asks.
    development: false,
    error: (error) => {
      log.error("a request could not be answered", { error });
      return new Response(null, { status: 500 });
    },
    fetch(request, bun) {
      const peer = bun.requestIP(request)?.address ?? "";
      const whole = withHost(request, scheme);
      const upgrade = handlers.upgrade(whole, peer);
      if (!upgrade) return handlers.fetch(whole, peer);
      if ("refused" in upgrade) return upgrade.refused;

      const { data, subprotocol } = upgrade;
      const headers = subprotocol === undefined ? {} : { "Sec-WebSocket-Protocol": subprotocol };
      if (bun.upgrade(request, { data: { data, socket: undefined }, headers })) return undefined;
      return new Response("This address speaks WebSocket only.\n", {
        status: 426,
        headers: { upgrade: "websocket", connection: "upgrade" },
      });
    },
    websocket: {
      maxPayloadLength: options.frameBytesMax,
      backpressureLimit: options.backpressureBytesMax,
      closeOnBackpressureLimit: false,
      idleTimeout: 0,
      sendPings: false,
      perMessageDeflate: false,
      publishToSelf: true,
      open: (ws) => handlers.opened(socketOf(ws)),
      message: (ws, frame) => handlers.received(socketOf(ws), frame),
      ping: (ws, bytes) => handlers.controlled(socketOf(ws), bytes.length),
      pong: (ws, bytes) => handlers.controlled(socketOf(ws), bytes.length),
      // Not from within the callback: frames of 16 KiB and more that are sent there can stall.
      drain: (ws) => void setImmediate(() => handlers.drained(socketOf(ws))),
      close: (ws, code) => handlers.closed(socketOf(ws), code),
    },
  });

  return {
    port: server.port ?? options.port,
    // 0 also says that nobody is there.
    publish: (topic, frame) =>
      server.publish(topic, frame) !== 0 || server.subscriberCount(topic) === 0,
    isListenedTo: (topic) => server.subscriberCount(topic) > 0,
    stopAccepting: () => void server.stop(false),
    stop: async () => {
      // `stop(true)` closes what is open; its promise can wait for ever, so nobody waits for it.
      void server.stop(true);
    },
  };
}

/** Without a usable `Host`, as HTTP/1.0 allows, Bun gives a path as the address; what reads it expects a whole one. */
function withHost(request: Request, scheme: "http" | "https"): Request {
  if (URL.canParse(request.url)) return request;
  return new Request(new URL(request.url, `${scheme}://localhost`), request);
}

class BunSocket<Data> implements EngineSocket<Data> {
  readonly #ws: ServerWebSocket<Attached<Data>>;

  constructor(ws: ServerWebSocket<Attached<Data>>) {
    this.#ws = ws;
  }

  get data(): Data {
    return this.#ws.data.data;
  }

  send(frame: EngineFrame): number {
    return this.#ws.send(frame);
  }

  subscribe(topic: string): void {
    this.#ws.subscribe(topic);
  }

  unsubscribe(topic: string): void {
    this.#ws.unsubscribe(topic);
  }

  bufferedBytes(): number {
    return this.#ws.getBufferedAmount();
  }

  close(code: number, reason: string): void {
    this.#ws.close(code, reason);
  }
}
