/**
 * A fault of `postgres` 3.4.9: it asks each new connection for the array types, and where the connection breaks in that moment nobody
 * awaits the answer, so that an unhandled rejection would end the process. Whoever waited for the connection is told besides.
 *
 * Without asking (`fetch_types: false`) a transaction that opens a connection would wait for ever, another fault; so only pools without
 * transactions do not ask, and a process with others keeps itself alive with this.
 */
export function isDriverFault(reason: unknown): boolean {
  if (!(reason instanceof Error)) return false;
  const { query } = reason as { query?: unknown };
  return typeof query === "string" && query.includes("b.typarray");
}
