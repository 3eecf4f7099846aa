import { database } from "./database.ts";
import { type Examination, type Finding, good } from "./finding.ts";
import { dataDirectory, openFiles, secrets } from "./machine.ts";
import { address, server } from "./network.ts";

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

async function redis(): Promise<Finding[]> {
  return [good("One process serves everybody; it needs none.")];
}
