import { join } from "node:path";
import { centrifugo } from "./centrifugo.ts";
import { enterPlain } from "./client/plain.ts";
import { enterRecovering, enterSocketIo, enterUsual } from "./client/socketio.ts";
import type { Peer } from "./peer.ts";

const here = import.meta.dir;
const tellsAll =
  "Tells everybody everything. Nobody is authenticated, nothing is stored or numbered.";

/** In the order in which they are shown. */
export const peers: readonly Peer[] = [
  {
    name: "bare",
    title: "bare Bun.serve loop",
    does: `${tellsAll} The floor beneath Parley: the same engine with nothing around it.`,
    program: "bun",
    server: join(here, "../load/bare-server.ts"),
    needs: [],
    can: [],
    enter: enterPlain,
  },
  {
    name: "uws",
    title: "uWebSockets.js on Node",
    does: `${tellsAll} The same engine in its own package.`,
    program: "node",
    server: join(here, "uws/server.mjs"),
    needs: [],
    can: [],
    enter: enterPlain,
  },
  {
    name: "ws",
    title: "ws on Node",
    does: tellsAll,
    program: "node",
    server: join(here, "ws/server.mjs"),
    needs: [],
    can: [],
    enter: enterPlain,
  },
  {
    name: "socketio",
    title: "Socket.IO, Redis adapter",
    does: "Channels, and several servers over Redis. Nobody is authenticated, nothing is stored or numbered.",
    program: "node",
    server: join(here, "socketio/server.mjs"),
    needs: ["redis"],
    can: [],
    enter: enterSocketIo,
  },
  {
    name: "recovery",
    title: "Socket.IO, connection state recovery",
    does: "The same over a stream in Redis, from which whoever comes back within two minutes is told what they missed. What Redis loses is lost.",
    program: "node",
    server: join(here, "socketio/server.mjs"),
    needs: ["redis"],
    can: ["replay"],
    only: ["replay"],
    enter: enterRecovering,
    env: (found) => ({ ...found, RECOVERY: "1" }),
  },
  {
    name: "usual",
    title: "hand-made: Socket.IO, Redis, PostgreSQL",
    does: "Stores each message before it is told. Nobody is authenticated; a retry is stored twice; two at once may be told in another order than they are numbered.",
    program: "node",
    server: join(here, "usual/server.mjs"),
    needs: ["redis", "postgres"],
    can: ["durable", "replay"],
    enter: enterUsual,
  },
  {
    name: "channels",
    title: "Django Channels, Redis",
    does: "Groups, and several servers over Redis. Nobody is authenticated, nothing is stored or numbered.",
    program: "python3",
    server: join(here, "channels/server.py"),
    needs: ["redis"],
    can: [],
    enter: enterPlain,
  },
  {
    name: "flask",
    title: "Flask-SocketIO, Redis",
    does: "Channels, and several servers over Redis. Nobody is authenticated, nothing is stored or numbered.",
    program: "python3",
    server: join(here, "flask/server.py"),
    needs: ["redis"],
    can: [],
    enter: enterSocketIo,
  },
  ...centrifugo,
];
