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
import { TypingLine } from "./typing-line.tsx";

const MembersPanel = lazy(async () => (await import("./members-panel.tsx")).MembersPanel);

/** Of a direct channel whether the other one is here, of others how many are in it. */
function HeaderLine({ channel, lastSeenAt, members }: Conversation) {
  if (!channel.peer) {
    if (channel.kind === "direct" || members.count === 0) return null;
    const words = i18n.t("{count, plural, one {# member} other {# members}}", {
      count: members.count,
    });
    return <>{words}</>;
  }
  if (channel.peer.online) return <span class="pane-line-online">{i18n.t("online")}</span>;
  return lastSeenAt === null ? null : <>{presenceWords({ online: false, lastSeenAt })}</>;
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
              small
            />
          }
          line={pane && <HeaderLine {...pane} />}
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
