import { encodeCommand, type Frame } from "#wire/codec.ts";
import type { Command } from "#wire/command.ts";
import { subprotocols } from "#wire/version.ts";

/** What carries commands to the server and frames from it: a WebSocket, or its twin over HTTP. */
export interface Carrier {
  send(command: Command): void;
  /** Nothing is heard any more. */
  close(): void;
}

export interface Listener {
  readonly opened: () => void;
  readonly heard: (frame: Frame) => void;
  /** With a number of RFC 6455, 7.4, or one of ours. */
  readonly closed: (number: number) => void;
}

/** Begins to open one; says nothing before it has returned. */
export type OpenCarrier = (listener: Listener) => Carrier;

export function webSocketTo(url: string, WebSocketClass: typeof WebSocket): OpenCarrier {
  return ({ opened, heard, closed }) => {
    const socket = new WebSocketClass(url, subprotocols.binary);
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", opened);
    socket.addEventListener("message", ({ data }: MessageEvent<ArrayBuffer | string>) => {
      heard(typeof data === "string" ? data : new Uint8Array(data));
    });
    socket.addEventListener("close", ({ code }) => closed(code));
    return {
      send: (command) => socket.send(encodeCommand(command) as Uint8Array<ArrayBuffer>),
      close: () => socket.close(),
    };
  };
}
