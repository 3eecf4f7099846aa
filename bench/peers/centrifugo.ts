import type { Peer } from "./peer.ts";
import { enterCentrifugo } from "./client/centrifugo.ts";

type Settings = Readonly<Record<string, string>>;

/** Everybody may come in, listen and speak. */
const open: Settings = {
  CENTRIFUGO_CLIENT_INSECURE: "true",
  CENTRIFUGO_HTTP_SERVER_ADDRESS: "127.0.0.1",
  CENTRIFUGO_LOG_LEVEL: "error",
  CENTRIFUGO_CHANNEL_WITHOUT_NAMESPACE_ALLOW_SUBSCRIBE_FOR_CLIENT: "true",
  CENTRIFUGO_CHANNEL_WITHOUT_NAMESPACE_ALLOW_SUBSCRIBE_FOR_ANONYMOUS: "true",
  CENTRIFUGO_CHANNEL_WITHOUT_NAMESPACE_ALLOW_PUBLISH_FOR_CLIENT: "true",
  CENTRIFUGO_CHANNEL_WITHOUT_NAMESPACE_ALLOW_PUBLISH_FOR_ANONYMOUS: "true",
};

/** What is published is kept, and told to whoever comes back. */
const kept: Settings = {
  CENTRIFUGO_CHANNEL_WITHOUT_NAMESPACE_HISTORY_SIZE: "100000",
  CENTRIFUGO_CHANNEL_WITHOUT_NAMESPACE_HISTORY_TTL: "24h",
  CENTRIFUGO_CHANNEL_WITHOUT_NAMESPACE_FORCE_RECOVERY: "true",
};

const installed = {
  program: "centrifugo",
  server: "centrifugo",
  isToldPort: true,
  enter: enterCentrifugo,
} as const;

/** Version 6, from PATH alone: with Redis between servers, and with its PostgreSQL broker where messages are to be stored. */
export const centrifugo: readonly Peer[] = [
  {
    ...installed,
    name: "centrifugo",
    title: "Centrifugo, Redis",
    does: "Channels, and several servers over Redis. Here nobody is authenticated, and nothing is stored.",
    needs: ["redis"],
    can: [],
    env: ({ PORT = "", REDIS_SOCKET = "" }) => ({
      ...open,
      CENTRIFUGO_HTTP_SERVER_PORT: PORT,
      CENTRIFUGO_ENGINE_TYPE: "redis",
      CENTRIFUGO_ENGINE_REDIS_ADDRESS: `unix://${REDIS_SOCKET}`,
    }),
  },
  {
    ...installed,
    name: "centrifugo-postgres",
    title: "Centrifugo, PostgreSQL broker",
    does: "Stores each message before it is told, in order, and tells what was missed. Here nobody is authenticated.",
    needs: ["postgres"],
    can: ["durable", "replay"],
    only: ["durable", "replay"],
    env: ({ PORT = "", POSTGRES_SOCKETS = "" }) => ({
      ...open,
      ...kept,
      CENTRIFUGO_HTTP_SERVER_PORT: PORT,
      CENTRIFUGO_BROKER_ENABLED: "true",
      CENTRIFUGO_BROKER_TYPE: "postgres",
      CENTRIFUGO_BROKER_POSTGRES_DSN: `host=${POSTGRES_SOCKETS} user=peer dbname=postgres`,
      CENTRIFUGO_BROKER_POSTGRES_USE_NOTIFY: "true",
    }),
  },
];
