import { i18n } from "../locale/i18n.ts";
import type { ChannelLine } from "../store/model.ts";
import { Avatar } from "./avatar.tsx";
import { Link } from "./link.tsx";
import { presenceWords } from "./presence-words.ts";
import { briefTime, fullTime } from "./time.ts";

/** Counted to 100 by the server, so that "99+" is all that can be said. */
const shownMax = 99;

function countOf(unread: number): string {
  return unread > shownMax
    ? i18n.t("{count}+", { count: i18n.number(shownMax) })
    : i18n.number(unread);
}

function previewOf({ last }: ChannelLine): string {
  if (!last) return i18n.t("No messages yet");
  if (last.mine) return i18n.t("You: {body}", { body: last.body });
  if (last.author === null) return last.body;
  // The first name will do: the line is short, and the group knows its people.
  const [name = ""] = last.author.split(/\s/u);
  return i18n.t("{name}: {body}", { name, body: last.body });
}

interface Props {
  readonly line: ChannelLine;
  readonly isOpen: boolean;
}

export function ChannelRow({ line, isOpen }: Props) {
  const { peer, last, unread } = line;
  return (
    <li>
      <Link
        to={`/c/${line.textId}`}
        class={unread > 0 ? "channel-row channel-row-unread" : "channel-row"}
        aria-current={isOpen ? "page" : undefined}
      >
        <Avatar
          id={peer?.id ?? line.id}
          name={line.name}
          presence={peer}
          group={line.kind !== "direct"}
        />
        <span class="channel-row-name">
          <bdi>{line.name}</bdi>
        </span>
        {peer && <span class="visually-hidden">{presenceWords(peer)}</span>}
        {last && (
          <time
            class="channel-row-time"
            dateTime={new Date(last.atMs).toISOString()}
            title={fullTime(last.atMs)}
          >
            {briefTime(last.atMs)}
          </time>
        )}
        <span class="channel-row-preview" dir="auto">
          {previewOf(line)}
        </span>
        {unread > 0 && (
          <>
            <span class="count" dir="ltr" aria-hidden="true">
              {countOf(unread)}
            </span>
            <span class="visually-hidden">
              {i18n.t("{count, plural, one {# unread} other {# unread}}", { count: unread })}
            </span>
          </>
        )}
      </Link>
    </li>
  );
}
