import { cutIntervals } from "../fanout/cut.ts";
import type { Touched } from "../store/change.ts";
import type { ChatParts } from "./parts.ts";

/** Tells everybody what a transaction brought, after its commit. Never throws: who can't be told now is told by `heads`. */
export function announceTouched(
  { delivery, heads }: Pick<ChatParts, "delivery" | "heads">,
  touched: readonly Touched[],
): void {
  for (const { stream, from, through, rows } of touched) {
    heads.wrote(stream, through);
    for (const interval of cutIntervals(stream, from, through, rows)) {
      void delivery.announce(interval);
    }
  }
}
