import type { ChannelId, Seq, UserId } from "#wire/ids.ts";
import type { Shape, Target } from "./targets.ts";

/** What a script is told: whom it plays, where, and how. It is written down before k6 starts. */
export interface Plan {
  readonly target: Pick<Target, "name" | "question" | "way" | "bounds">;
  readonly shape: Shape;
  readonly url: string;
  /** Those that k6 holds. */
  readonly people: readonly { readonly id: UserId; readonly token: string }[];
  readonly channels: readonly PlannedChannel[];
  /** Reads streamed responses for k6, which waits for the end of each. */
  readonly streamReader: string;
  /** Where the summary goes. */
  readonly result: string;
}

export interface PlannedChannel {
  readonly id: ChannelId;
  /** Its members by their place among `people`. */
  readonly members: readonly number[];
  /** The number of its newest message; 0 where nothing was stored. */
  readonly head: Seq;
}
