/** Where a Redis (or Valkey) is, as REDIS_URL says it. */
interface At {
  readonly username?: string;
  readonly password?: string;
  readonly db: number;
  readonly tls: boolean;
}

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

export type RedisAddress = At &
  (
    | ({ readonly kind: "server" } & HostAndPort)
    | { readonly kind: "socket"; readonly path: string }
    /** Whichever server these sentinels hold for the primary of that name. */
    | {
        readonly kind: "sentinel";
        readonly sentinels: readonly HostAndPort[];
        readonly name: string;
      }
    /** A cluster, found by any of these of its servers. */
    | { readonly kind: "cluster"; readonly servers: readonly HostAndPort[] }
  );

const shape =
  /^(?<scheme>rediss?)(?:\+(?<whole>sentinel|cluster))?:\/\/(?:(?<username>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<hosts>[^@/?#]+)(?<rest>(?:\/[^/?#]*)*)$/i;

/**
 * Reads `redis://user:password@host:6379/0`, `rediss://…` for TLS, `unix:/run/redis.sock`,
 * `redis+sentinel://user:password@host:26379,other:26379/name/0` and `redis+cluster://user:password@host:6379,other:6379`. Undefined for anything else.
 */
export function parseRedisUrl(text: string): RedisAddress | undefined {
  const socket = /^unix:(?:\/\/)?(?<path>\/[^?#]+)$/.exec(text)?.groups?.["path"];
  if (socket !== undefined) return { kind: "socket", path: socket, db: 0, tls: false };

  const groups = shape.exec(text)?.groups;
  if (!groups) return undefined;
  const [, ...parts] = (groups["rest"] ?? "").replace(/\/$/, "").split("/");
  const { whole } = groups;
  const isSentinel = whole === "sentinel";
  const name = isSentinel ? parts.shift() : undefined;
  const [db = "0", ...tooMuch] = parts;
  const hosts = groups["hosts"]!.split(",").map((each) => hostAndPort(each, isSentinel));
  if (hosts.includes(undefined) || !/^\d{1,4}$/.test(db) || tooMuch.length > 0) return undefined;

  const at = {
    ...(groups["username"] && { username: decodeURIComponent(groups["username"]) }),
    ...(groups["password"] && { password: decodeURIComponent(groups["password"]) }),
    db: Number(db),
    tls: groups["scheme"]!.toLowerCase() === "rediss",
  };
  const found = hosts as HostAndPort[];
  // A cluster has no databases but the first.
  if (whole === "cluster")
    return db === "0" ? { kind: "cluster", servers: found, ...at } : undefined;
  if (!isSentinel) {
    return found.length === 1 ? { kind: "server", ...found[0]!, ...at } : undefined;
  }
  return name ? { kind: "sentinel", sentinels: found, name, ...at } : undefined;
}

function hostAndPort(text: string, isSentinel: boolean): HostAndPort | undefined {
  const found = /^(?:\[(?<six>[\da-f:.]+)\]|(?<host>[\w.-]+))(?::(?<port>\d{1,5}))?$/i.exec(
    text,
  )?.groups;
  const port = Number(found?.["port"] ?? (isSentinel ? 26_379 : 6_379));
  const host = found?.["six"] ?? found?.["host"];
  return host === undefined || port < 1 || port > 65_535 ? undefined : { host, port };
}
