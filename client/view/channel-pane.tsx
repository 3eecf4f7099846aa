import { useRef } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import type { Conversation } from "../store/model.ts";
import { Avatar } from "./avatar.tsx";
import { Composer } from "./composer.tsx";
import { useModel } from "./context.ts";
import { Guard } from "./guard.tsx";
import { MessageList } from "./message-list.tsx";
import { Notice } from "./notice.tsx";
import { PaneHeader } from "./pane-header.tsx";
import { SkeletonMessages } from "./skeleton.tsx";
import { messageTime } from "./time.ts";
import { TypingLine } from "./typing-line.tsx";

function PresenceLine({ channel, lastSeenAt }: Conversation) {
  if (!channel.peer) return null;
  if (channel.peer.online) return <span class="pane-line-online">{i18n.t("online")}</span>;
  if (lastSeenAt === null) return null;
  return <>{i18n.t("last seen {time}", { time: messageTime(lastSeenAt) })}</>;
}

interface Props {
  readonly textId: string;
}

/** One channel: its name, what was said, who is writing, and where one writes. */
export function ChannelPane({ textId }: Props) {
  const model = useModel();
  const composer = useRef<HTMLTextAreaElement>(null);
  const found = model.conversation.value;
  if (found === "missing") {
    return (
      <>
        <PaneHeader title={i18n.t("Not found")} />
        <Notice
          title={i18n.t("There is no such channel, or you are not in it.")}
          link={{ label: i18n.t("Back to your channels"), to: "/" }}
        />
      </>
    );
  }
  // Between two channels the model may still hold the one before.
  const pane = found?.channel.textId === textId ? found : undefined;
  const line = pane?.channel ?? model.channels.value?.find((channel) => channel.textId === textId);
  if (!line) {
    return (
      <>
        <PaneHeader title="" />
        <SkeletonMessages />
      </>
    );
  }
  return (
    <>
      <PaneHeader
        title={line.name}
        start={<Avatar id={line.peer?.id ?? line.id} name={line.name} small />}
        line={pane && <PresenceLine {...pane} />}
      />
      <Guard>
        {pane?.loaded ? <MessageList pane={pane} composer={composer} /> : <SkeletonMessages />}
      </Guard>
      <TypingLine people={pane?.typing ?? []} />
      <Composer channel={line} input={composer} />
    </>
  );
}
