import { subprotocols } from "#wire/version.ts";
import { allowedOrigin, isNamedOrigin } from "../auth/origin.ts";
import { type Config, pathBeneath, prefixOf } from "../config.ts";
import type { Upgrade } from "../engine/engine.ts";
import type { Receiver } from "../session/receive.ts";
import type { Encoding, Session } from "../session/session.ts";

/** What the upgrade attaches to a socket. */
export interface Attached {
  readonly encoding: Encoding;
  session: Session | undefined;
  receiver: Receiver | undefined;
}

const socketPath = "/ws";

/** Synchronous: who it is, the first frame says. */
export function upgradeOf(
  request: Request,
  config: Pick<Config, "publicUrl" | "corsOrigins">,
  isDraining: boolean,
): Upgrade<Attached> | undefined {
  const { pathname } = new URL(request.url);
  if (pathBeneath(prefixOf(config), pathname) !== socketPath) return undefined;
  const refuse = (status: number, sentence: string): Upgrade<Attached> => ({
    refused: new Response(`${sentence}\n`, { status, headers: { "retry-after": "1" } }),
  });
  if (isDraining) return refuse(503, "This server is restarting: come back in a moment.");
  if (!allowedOrigin(request, config) && !isNamedOrigin(request, config.corsOrigins)) {
    return refuse(403, "A page of another site may not connect: set PUBLIC_URL to this server's.");
  }
  const offered = (request.headers.get("sec-websocket-protocol") ?? "")
    .split(",")
    .map((name) => name.trim());
  const chosen = [subprotocols.binary, subprotocols.json].find((name) => offered.includes(name));
  if (!chosen) return refuse(400, `Offer the subprotocol ${subprotocols.binary}.`);
  return {
    data: {
      encoding: chosen === subprotocols.json ? "json" : "binary",
      session: undefined,
      receiver: undefined,
    },
    subprotocol: chosen,
  };
}
