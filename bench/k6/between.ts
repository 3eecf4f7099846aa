import { decodeAnswers } from "#wire/codec.ts";
import { subprotocols } from "#wire/version.ts";
import { birthsIn } from "../load/cursor.ts";

export interface Wrong {
  /** Of the messages every so manieth never arrives, nor what came in one frame with it; 0 lets all through. */
  readonly dropEvery: number;
  /** So much later arrives everything that the server says. */
  readonly lateMs: number;
}

interface Line {
  readonly upstream: WebSocket;
}

/** Stands between k6 and a server and does wrong: what the bench has to notice. */
export class Between implements Disposable {
  readonly #server: Bun.Server<Line>;
  readonly #wrong: Wrong;
  #messages = 0;
  /** Messages that never arrived. */
  dropped = 0;

  constructor(target: string, wrong: Wrong) {
    this.#wrong = wrong;
    this.#server = Bun.serve<Line>({
      hostname: "127.0.0.1",
      port: 0,
      fetch: (request, server) => {
        const upstream = new WebSocket(`${target.replace(/^http/, "ws")}/ws`, subprotocols.binary);
        upstream.binaryType = "arraybuffer";
        const headers = { "sec-websocket-protocol": subprotocols.binary };
        if (server.upgrade(request, { data: { upstream }, headers })) return undefined;
        upstream.close();
        return new Response(null, { status: 426 });
      },
      websocket: {
        open: (socket) => {
          const { upstream } = socket.data;
          upstream.addEventListener("message", ({ data }: MessageEvent<ArrayBuffer>) => {
            const births = birthsOf(data);
            if (this.#isDropped(births)) this.dropped += births;
            else if (wrong.lateMs === 0) socket.sendBinary(data);
            else setTimeout(() => socket.sendBinary(data), wrong.lateMs);
          });
          upstream.addEventListener("close", () => socket.close());
        },
        message: ({ data: { upstream } }, frame) => {
          if (upstream.readyState === WebSocket.OPEN) upstream.send(frame);
          else upstream.addEventListener("open", () => upstream.send(frame));
        },
        close: ({ data: { upstream } }) => upstream.close(),
      },
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.port}`;
  }

  [Symbol.dispose](): void {
    void this.#server.stop(true);
  }

  #isDropped(births: number): boolean {
    const { dropEvery } = this.#wrong;
    if (dropEvery === 0) return false;
    const before = Math.floor(this.#messages / dropEvery);
    this.#messages += births;
    return Math.floor(this.#messages / dropEvery) > before;
  }
}

function birthsOf(frame: ArrayBuffer): number {
  const [answer] = decodeAnswers(new Uint8Array(frame));
  return answer?.op === "interval" ? birthsIn(answer).length : 0;
}
