import type { CommandOf } from "#wire/command.ts";
import type { Answered } from "../session/receive.ts";
import type { Session } from "../session/session.ts";
import { identityOf } from "./identity.ts";
import type { ChatParts } from "./parts.ts";

/** A newer token for the same user, on the living socket. */
export async function renew(
  parts: ChatParts,
  session: Session,
  { token }: CommandOf<"renew">,
): Promise<Answered> {
  const verified = await parts.verify(token);
  if ("refused" in verified) return verified;

  const identity = identityOf(session);
  if (verified.userId !== identity.userId) {
    return { refused: "token_invalid", detail: "the token is somebody else's" };
  }
  session.identity = { ...identity, name: verified.name, sessionId: verified.sessionId };
  session.tokenExpiresAtMs = verified.expiresAtMs;
  session.tokenWarned = false;
  return { op: "done" };
}
