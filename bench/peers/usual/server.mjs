/**
 * The chat that everybody builds first: Socket.IO with its Redis adapter, one `insert` for each message, and a `select` for whoever comes back. A reply
 * means committed; two messages may be told in another order than they are numbered.
 */
import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-adapter";
import { Redis } from "ioredis";
import postgres from "postgres";
import { Server } from "socket.io";

const sql = postgres({
  host: process.env.POSTGRES_SOCKETS,
  user: "peer",
  database: "postgres",
  onnotice: () => undefined,
});
await sql`
  create table if not exists messages (
    id bigint generated always as identity primary key,
    channel text not null,
    body text not null,
    created_at timestamptz not null default now()
  )`;
await sql`create index if not exists messages_channel on messages (channel, id)`;

const redis = new Redis(process.env.REDIS_SOCKET);
const http = createServer();
const io = new Server(http, {
  transports: ["websocket"],
  serveClient: false,
  adapter: createAdapter(redis, redis.duplicate()),
});
io.engine.on("connection", (raw) => {
  raw.request = null;
});
io.on("connection", async (socket) => {
  const { channel, since } = socket.handshake.auth;
  socket.on("say", async (body, reply) => {
    const [{ id }] = await sql`
      insert into messages (channel, body) values (${channel}, ${body}) returning id`;
    io.to(channel).emit("said", body, id);
    reply();
  });
  socket.join(channel);
  if (since === undefined) return;

  const missed = await sql`
    select id, body from messages where channel = ${channel} and id > ${since} order by id`;
  for (const { id, body } of missed) socket.emit("said", body, id);
});
http.listen(0, "127.0.0.1", () => console.log(http.address().port));
