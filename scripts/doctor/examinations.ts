import { database } from "./database.ts";
import type { Examination } from "./finding.ts";
import { dataDirectory, openFiles, secrets } from "./machine.ts";
import { address, server } from "./network.ts";
import { redis } from "./redis.ts";

/** Every part of an installation, in the order in which it is told. */
export const examinations: readonly Examination[] = [
  { part: "Data directory", look: dataDirectory },
  { part: "Secrets", look: secrets },
  { part: "Open files", look: openFiles },
  { part: "Server", look: server },
  { part: "PostgreSQL", look: database },
  { part: "Redis", look: redis },
  { part: "Address", look: address },
];
