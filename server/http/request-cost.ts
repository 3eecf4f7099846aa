import { paceLimits } from "../session/pace.ts";

/** What a request takes of what an address and a user may do. */
interface Cost {
  readonly ofAddress: number;
  readonly ofUser: "a message" | number;
}

/** A stream's frames are counted by its own session, and an office has hundreds of them a second. A power of two, so that sums are exact. */
const streamFrameCost = 1 / 8;

/** Of a route as the policy names it. */
export function costOf(route: string): Cost {
  const [method = "", path = ""] = route.split(" ");
  return { ofAddress: costOfAddress(path), ofUser: costOfUser(method, path) };
}

/** Pages and files come from memory: they cost nothing. */
function costOfAddress(path: string): number {
  if (path === "/api/v1/stream/:stream/:number") return streamFrameCost;
  return path.startsWith("/api/") || path === "/readyz" ? 1 : 0;
}

/** As the commands that say the same. */
function costOfUser(method: string, path: string): "a message" | number {
  if (method === "GET") return 1;
  if (path === "/api/v1/channels/:channel/messages") return "a message";
  return /^\/api\/v1\/channels(\/:channel(\/members.*)?)?$/.test(path)
    ? paceLimits.groupCommandCost
    : 1;
}
