import { dirname } from "node:path";
import type { Enter } from "./client/peer-socket.ts";

/** What runs a peer's server. */
export type Program = "bun" | "node" | "python3" | "centrifugo";
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
  /** The path of its server's source, or the program on PATH that is it. */
  readonly server: string;
  readonly needs: readonly Need[];
  readonly can: readonly Ability[];
  /** Asked only for what it is there for. */
  readonly only?: readonly Ability[];
  readonly enter: Enter;
  /** It listens on the port that it is told, rather than saying which one it took. */
  readonly isToldPort?: boolean;
  /** Its settings, by where its databases are and, in `PORT`, a port that is free; where there are none, those are its settings. */
  readonly env?: (found: Readonly<Record<string, string>>) => Readonly<Record<string, string>>;
}

/** Where its server, its packages and their lock file stand; the bare loop has none of those. */
export function folderOf({ server }: Peer): string {
  return dirname(server);
}
