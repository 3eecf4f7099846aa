/** Every frame goes to every socket. Nobody is authenticated, nothing is kept, counted or read; masks are undone by `bufferutil`, as its README advises. */
import { WebSocketServer } from "ws";

const binary = { binary: true };
const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
server.on("connection", (ws) => {
  ws.on("message", (frame) => {
    for (const each of server.clients) each.send(frame, binary);
  });
});
server.on("listening", () => console.log(server.address().port));
