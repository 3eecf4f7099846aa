/** What takes a while because only time can show it. */
import { expect, test } from "bun:test";
import { startServer } from "../test/start-server.ts";
import { RawSocket } from "../test/raw-socket.ts";
import { handshakeOf } from "../test/websocket-bytes.ts";

test("S5 W7: who does not finish a request's head is cut within 15 s, however slowly it goes on", async () => {
  await using server = await startServer();
  const begunAt = performance.now();
  using silent = RawSocket.says(server.url);
  using half = RawSocket.says(server.url, handshakeOf(server.url).slice(0, 40));
  using slow = RawSocket.says(server.url, "GET / HTTP/1.1\r\n");
  const dripping = setInterval(() => slow.write("X: x\r\n"), 200);
  expect(await Promise.all([silent.ended, half.ended, slow.ended])).toEqual(["cut", "cut", "cut"]);
  clearInterval(dripping);
  expect(performance.now() - begunAt).toBeLessThan(15_000);
}, 20_000);
