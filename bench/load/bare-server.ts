/**
 * The least that a fan-out can cost here: every frame goes to every socket, by Bun's own publish. Nobody is authenticated, nothing is
 * kept, counted or read; only the frame's number is written into it, so that the load can check the order.
 */
let count = 0;
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: (request, bun) => (bun.upgrade(request) ? undefined : new Response(null, { status: 426 })),
  websocket: {
    perMessageDeflate: false,
    open: (ws) => void ws.subscribe("all"),
    message: (_ws, frame) => {
      if (typeof frame === "string") return;
      frame.writeUInt32BE(++count, 0);
      server.publish("all", frame);
    },
  },
});
process.stdout.write(`${server.port}\n`);
