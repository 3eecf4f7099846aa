/** The raw engine in its own publish: every frame goes to every socket. Nobody is authenticated, nothing is kept, counted or read. */
import { App, DISABLED, us_socket_local_port } from "uWebSockets.js";

const bufferedBytesMax = 16 * 1024 * 1024; // Its default drops what a reader of 64 KiB is behind.

const app = App().ws("/*", {
  compression: DISABLED,
  maxBackpressure: bufferedBytesMax,
  open: (ws) => void ws.subscribe("all"),
  message: (_ws, frame) => void app.publish("all", frame, true),
});
app.listen("127.0.0.1", 0, (listening) => console.log(us_socket_local_port(listening)));
