import type { Shown } from "#wire/row.ts";
import type { Presence } from "../store/model.ts";
import { presenceWords } from "./presence-words.ts";

/** Filled, a ring, or the shadow of one: never told by its colour alone. */
export function PresenceDot({ is }: { readonly is: Shown["as"] }) {
  return <span class="dot" data-is={is} />;
}

/** Whether somebody is here, in words and in the colour of their dot. */
export function PresenceWords({ presence }: { readonly presence: Presence }) {
  const { online, away } = presence;
  return (
    <span class="presence" data-is={online ? (away ? "away" : "here") : undefined}>
      {presenceWords(presence)}
    </span>
  );
}
