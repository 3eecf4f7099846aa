interface Reading {
  readonly ending: AbortController;
}

/**
 * Reads streamed responses for k6, which shows a response only when it has ended. Who opens a socket here and sends `hello` gets the stream of that as it
 * comes, chunk by chunk; whoever closes the socket ends the stream. It costs one hop on this machine, which counts as the server's.
 */
export class StreamReader implements Disposable {
  readonly #server: Bun.Server<Reading>;

  /** @param target whose streams are read */
  constructor(target: string) {
    this.#server = Bun.serve<Reading>({
      hostname: "127.0.0.1",
      port: 0,
      fetch: (request, server) =>
        server.upgrade(request, { data: { ending: new AbortController() } })
          ? undefined
          : new Response(null, { status: 426 }),
      websocket: {
        message: (socket, hello) => void read(target, String(hello), socket),
        close: ({ data }) => data.ending.abort(),
      },
    });
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#server.port}/`;
  }

  [Symbol.dispose](): void {
    void this.#server.stop(true);
  }
}

async function read(
  target: string,
  hello: string,
  socket: Bun.ServerWebSocket<Reading>,
): Promise<void> {
  try {
    const response = await fetch(`${target}/api/v1/stream`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: hello,
      signal: socket.data.ending.signal,
    });
    const text = response.body!.pipeThrough(new TextDecoderStream());
    for await (const chunk of text) socket.sendText(chunk);
    socket.close();
  } catch (error) {
    if (!socket.data.ending.signal.aborted) socket.close(1011, String(error).slice(0, 100));
  }
}
