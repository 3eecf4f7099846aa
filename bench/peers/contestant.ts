import type { Usage } from "../load/processes.ts";
import type { PeerSocket } from "./client/peer-socket.ts";

/** How many sockets there are, and how many of them share a channel. */
export interface Shape {
  readonly sockets: number;
  readonly members: number;
}

/** What a server and its databases have used until now. */
export interface Spent {
  readonly serverCpuSeconds: number;
  readonly databaseCpuSeconds: number;
  /** Of the server alone. */
  readonly rssBytes: number;
}

/** Whoever is asked, Parley or a peer: a server that runs, and sockets of a client of its own. */
export interface Contestant {
  readonly title: string;
  spent(): Spent;
  /** Makes whoever is needed for so many sockets. */
  prepare(shape: Shape): Promise<void>;
  /** The socket of this number; members of a channel have numbers that follow each other. */
  enter(index: number, heard: (number: number) => void): Promise<PeerSocket>;
  /** The server as it is after its start. */
  renew(): Promise<void>;
}

export function spentOf(usages: readonly Usage[]): Spent {
  let [serverCpuSeconds, databaseCpuSeconds, rssBytes] = [0, 0, 0];
  for (const { cpuSeconds, rssBytes: rss } of usages) {
    serverCpuSeconds += cpuSeconds.worker + cpuSeconds.supervisor;
    databaseCpuSeconds += cpuSeconds.postgres + cpuSeconds.redis;
    rssBytes += rss.worker + rss.supervisor;
  }
  return { serverCpuSeconds, databaseCpuSeconds, rssBytes };
}
