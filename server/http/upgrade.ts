import { subprotocols } from "#wire/version.ts";
import { allowedOrigin, isNamedOrigin } from "../auth/origin.ts";
import { type Config, pathBeneath, prefixOf } from "../config.ts";
import type { Upgrade } from "../engine/engine.ts";
import type { Receiver } from "../session/receive.ts";
import type { Encoding, Session } from "../session/session.ts";
import type { Admission } from "./admission.ts";
import { createProxies } from "./client-address.ts";

/** What the upgrade attaches to a socket. */
export interface Attached {
  readonly encoding: Encoding;
  /** Of the client, which may stand behind trusted proxies. */
  readonly address: string;
  session: Session | undefined;
  receiver: Receiver | undefined;
}

export interface UpgradeParts {
  readonly config: Pick<Config, "publicUrl" | "corsOrigins" | "trustedProxies">;
  readonly admission: Pick<Admission, "whyNot">;
  readonly isDraining: () => boolean;
}

const socketPath = "/ws";

/** What answers a request for a socket; undefined where it asks for none. Synchronous: who it is, the first frame says. */
export function createUpgrade({ config, admission, isDraining }: UpgradeParts) {
  const proxies = createProxies(config.trustedProxies);
  const prefix = prefixOf(config);

  return (request: Request, peer: string): Upgrade<Attached> | undefined => {
    const { pathname } = new URL(request.url);
    if (pathBeneath(prefix, pathname) !== socketPath) return undefined;
    if (isDraining()) return refuse(503, "This server is restarting: come back in a moment.");
    if (!allowedOrigin(request, config) && !isNamedOrigin(request, config.corsOrigins)) {
      return refuse(
        403,
        "A page of another site may not connect: set PUBLIC_URL to this server's.",
      );
    }
    const offered = (request.headers.get("sec-websocket-protocol") ?? "")
      .split(",")
      .map((name) => name.trim());
    const chosen = [subprotocols.binary, subprotocols.json].find((name) => offered.includes(name));
    if (!chosen) return refuse(400, `Offer the subprotocol ${subprotocols.binary}.`);
    const address = proxies.addressOf(request, peer);
    const turnedAway = admission.whyNot(address);
    if (turnedAway?.why === "full") {
      return refuse(503, "This server is full: come back later.", turnedAway.retryAfterSeconds);
    }
    if (turnedAway) {
      return refuse(429, "Too many come from your address.", turnedAway.retryAfterSeconds);
    }
    return {
      data: {
        encoding: chosen === subprotocols.json ? "json" : "binary",
        address,
        session: undefined,
        receiver: undefined,
      },
      subprotocol: chosen,
    };
  };
}

function refuse(status: number, sentence: string, retryAfterSeconds = 1): Upgrade<Attached> {
  const headers = { "retry-after": `${retryAfterSeconds}` };
  return { refused: new Response(`${sentence}\n`, { status, headers }) };
}
