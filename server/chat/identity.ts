import type { Identity, Session } from "../session/session.ts";

/** Who speaks. Only `hello` runs without: the table of commands sees to it, so its absence is a fault of ours. */
export function identityOf(session: Session): Identity {
  if (!session.identity) throw new Error("a command ran before hello");
  return session.identity;
}
