import type { CommandOf } from "#wire/command.ts";
import type { Answered } from "../session/receive.ts";
import type { Session } from "../session/session.ts";
import { catchUpAll } from "./hello.ts";
import type { ChatParts } from "./parts.ts";

/** Whether this `resume` is the answer to `lagged`: from here on the socket is brought up to date like a new one. */
export const isReturning = ({ lag }: Session): boolean => lag?.askedAtMs !== undefined;

/** A reader that was too far behind has read what waited, and says what it holds. */
export async function comeBack(
  parts: ChatParts,
  session: Session,
  held: CommandOf<"resume">,
): Promise<Answered> {
  session.lag = undefined;
  try {
    await catchUpAll(parts, session, held);
  } catch (error) {
    // Perhaps half of its topics: it comes back with its cursors and asks again.
    session.close("behind");
    throw error;
  }
  return { op: "done" };
}
