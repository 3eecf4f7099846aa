import { dirname } from "node:path";
import type { Enter } from "./client/peer-socket.ts";

/** What runs a peer's server. */
export type Program = "bun" | "node" | "python3";
/** What stands beside a peer's server. */
export type Need = "redis" | "postgres";
/** What only some can do. */
export type Ability = "durable" | "replay";

/** Another server that does such work, in its smallest honest configuration for best speed. */
export interface Peer {
  /** As it is typed, and as its folder is called. */
  readonly name: string;
  readonly title: string;
  /** What it does and does not do of what Parley does. */
  readonly does: string;
  readonly program: Program;
  /** The path of its server's source. */
  readonly server: string;
  readonly needs: readonly Need[];
  readonly can: readonly Ability[];
  /** Asked only for what it is there for. */
  readonly only?: Ability;
  readonly enter: Enter;
  readonly env?: Readonly<Record<string, string>>;
}

/** Where its server, its packages and their lock file stand; the bare loop has none of those. */
export function folderOf({ server }: Peer): string {
  return dirname(server);
}
