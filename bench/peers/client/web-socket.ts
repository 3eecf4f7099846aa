/** Bun's, which can also be cut off: a browser's cannot. */
export type Cuttable = WebSocket & { terminate(): void };

/** Resolves when it is open; rejects where it is closed instead. */
export async function openSocket(
  url: string,
  heard: (data: string | ArrayBuffer, socket: WebSocket) => void,
): Promise<Cuttable> {
  const socket = new WebSocket(url) as Cuttable;
  socket.binaryType = "arraybuffer";
  socket.addEventListener("message", ({ data }: MessageEvent<string | ArrayBuffer>) =>
    heard(data, socket),
  );
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("close", ({ code, reason }) =>
      reject(new Error(`a socket was closed with ${code} ${reason}`)),
    );
  });
  return socket;
}

/** Resolves when the server has closed it too. */
export async function closeSocket(socket: WebSocket): Promise<void> {
  if (socket.readyState === WebSocket.CLOSED) return;
  const closed = new Promise<void>((resolve) => socket.addEventListener("close", () => resolve()));
  socket.close();
  await closed;
}
