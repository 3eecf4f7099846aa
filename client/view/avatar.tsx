import type { Presence } from "../store/model.ts";
import { PresenceDot } from "./presence.tsx";

const colours = 8;

const words = new Intl.Segmenter(undefined, { granularity: "grapheme" });

function firstOf(word: string): string {
  return words.segment(word)[Symbol.iterator]().next().value?.segment ?? "";
}

/** Of "Ada Lovelace" AL, of "lobby" L. */
function initialsOf(name: string): string {
  const parts = name.trim().split(/\s+/u);
  const [first = "", last = ""] = [parts[0], parts.length > 1 ? parts.at(-1) : ""];
  return (firstOf(first) + firstOf(last)).toUpperCase();
}

interface Props {
  /** Chooses the colour: a person's number, or a channel's. */
  readonly id: number;
  readonly name: string;
  /** A dot only where presence means something. */
  readonly presence?: Presence | null;
  readonly small?: boolean;
  /** Only people are round. */
  readonly group?: boolean;
}

/** Says nothing to a screen reader: the name, and whether somebody is here, stand beside it in words. */
export function Avatar({ id, name, presence = null, small = false, group = false }: Props) {
  return (
    <span
      class={small ? "avatar avatar-small" : "avatar"}
      data-group={group ? "" : undefined}
      data-colour={(id % colours) + 1}
      aria-hidden="true"
    >
      <span class="avatar-initials">{initialsOf(name)}</span>
      {presence?.online && (
        <span class="avatar-dot">
          <PresenceDot is={presence.away ? "away" : "here"} />
        </span>
      )}
    </span>
  );
}
