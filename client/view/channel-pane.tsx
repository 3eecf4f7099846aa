import { useRef } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import type { ChannelLine, Conversation } from "../store/model.ts";
import { Avatar } from "./avatar.tsx";
import { Composer } from "./composer.tsx";
import { useModel } from "./context.ts";
import { Guard } from "./guard.tsx";
import { Icon } from "./icon.tsx";
import { lazy } from "./lazy.tsx";
import { Link } from "./link.tsx";
import { MessageList } from "./message-list.tsx";
import { NoChannel } from "./no-channel.tsx";
import { PaneHeader } from "./pane-header.tsx";
import { SkeletonMessages } from "./skeleton.tsx";
import { presenceWords } from "./presence-words.ts";
import { PresenceWords } from "./presence.tsx";
import { TypingLine } from "./typing-line.tsx";

const MembersPanel = lazy(async () => (await import("./members-panel.tsx")).MembersPanel);

/** How many are in it, and of a large channel how many of them are here. */
function memberWords({ members, online }: Conversation): string {
  const words = i18n.t("{count, plural, one {# member} other {# members}}", {
    count: members.count,
  });
  if (online === null) return words;
  return i18n.t("{members} · {count} online", { members: words, count: i18n.number(online) });
}

/** What the other one says of themselves, or else whether they are here. */
function PeerLine({ peer }: { readonly peer: NonNullable<ChannelLine["peer"]> }) {
  const status = useModel().status(peer.id).value;
  if (status) {
    return (
      <>
        <span class="visually-hidden">{presenceWords(peer)} </span>
        <bdi class="pane-status" title={status.text}>
          {status.text}
        </bdi>
      </>
    );
  }
  if (!peer.online && peer.lastSeenAt === null) return null;
  return <PresenceWords presence={peer} />;
}

function HeaderLine({ pane }: { readonly pane: Conversation }) {
  const { channel, members } = pane;
  if (channel.peer) return <PeerLine peer={channel.peer} />;
  if (channel.kind === "direct" || members.count === 0) return null;
  return <>{memberWords(pane)}</>;
}

function MembersButton({ line, isOpen }: { readonly line: ChannelLine; readonly isOpen: boolean }) {
  if (line.kind === "direct") return null;
  const home = `/c/${line.textId}`;
  return (
    <Link
      to={isOpen ? home : `${home}/members`}
      class="button-icon"
      aria-expanded={isOpen}
      title={i18n.t("Members")}
    >
      <Icon name="users" label={i18n.t("Members")} />
    </Link>
  );
}

interface Props {
  readonly textId: string;
  readonly panel: "members" | undefined;
}

/** One channel: its name, what was said, who is writing, and where one writes; beside it the panel that is open. */
export function ChannelPane({ textId, panel }: Props) {
  const model = useModel();
  const composer = useRef<HTMLTextAreaElement>(null);
  const last = useRef<Conversation>(undefined);
  const found = model.conversation.value;
  if (found === "missing") return <NoChannel last={last.current} />;

  // Between two channels the model may still hold the one before.
  const pane = found?.channel.textId === textId ? found : undefined;
  last.current = pane ?? last.current;
  const line = pane?.channel ?? model.channels.value?.find((channel) => channel.textId === textId);
  if (!line) {
    return (
      <>
        <PaneHeader title="" />
        <SkeletonMessages />
      </>
    );
  }
  const isOpen = panel === "members" && line.kind !== "direct";
  return (
    <div class="channel">
      <div class="talk">
        <PaneHeader
          title={line.name}
          start={
            <Avatar
              id={line.peer?.id ?? line.id}
              name={line.name}
              group={line.kind !== "direct"}
              presence={line.peer}
              small
            />
          }
          line={pane && <HeaderLine pane={pane} />}
          end={<MembersButton line={line} isOpen={isOpen} />}
        />
        <Guard>
          {pane?.loaded ? <MessageList pane={pane} composer={composer} /> : <SkeletonMessages />}
        </Guard>
        <TypingLine people={pane?.typing ?? []} />
        <Composer channel={line} input={composer} />
      </div>
      {isOpen && pane && (
        <Guard>
          <MembersPanel pane={pane} />
        </Guard>
      )}
    </div>
  );
}
