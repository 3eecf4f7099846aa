/**
 * As its guide to performance has it: WebSocket alone, `bufferutil`, no request kept. Between servers stands Redis: by publish and subscribe, or, where
 * what was missed is to come again, by a stream, since the other adapter cannot do that.
 */
import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-adapter";
import { createAdapter as createStreamsAdapter } from "@socket.io/redis-streams-adapter";
import { Redis } from "ioredis";
import { Server } from "socket.io";

const recoversMs = 120_000;
const redis = new Redis(process.env.REDIS_SOCKET);
const between = process.env.RECOVERY
  ? {
      adapter: createStreamsAdapter(redis),
      connectionStateRecovery: { maxDisconnectionDuration: recoversMs },
    }
  : { adapter: createAdapter(redis, redis.duplicate()) };

const http = createServer();
const io = new Server(http, { transports: ["websocket"], serveClient: false, ...between });
io.engine.on("connection", (raw) => {
  raw.request = null;
});
io.on("connection", (socket) => {
  const { channel } = socket.handshake.auth;
  socket.join(channel);
  socket.on("say", (body) => void io.to(channel).emit("said", body));
});
http.listen(0, "127.0.0.1", () => console.log(http.address().port));
