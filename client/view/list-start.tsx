import { i18n } from "../locale/i18n.ts";
import type { Conversation } from "../store/model.ts";
import { useModel } from "./context.ts";
import { Link } from "./link.tsx";

interface Props {
  readonly pane: Conversation;
  /** Whether the window begins with the oldest message that is loaded. */
  readonly isFirst: boolean;
}

/** Who made a group for oneself alone learns here how others come in. */
function Alone({ pane: { channel, members } }: Pick<Props, "pane">) {
  if (channel.kind !== "group" || members.count !== 1) return null;
  return (
    <>
      {" "}
      {i18n.t("Only you are here.")}{" "}
      <Link to={`/c/${channel.textId}/members`}>{i18n.t("Add people")}</Link>
    </>
  );
}

/** Above the oldest message: where the channel begins, or what is still to come. */
export function ListStart({ pane, isFirst }: Props) {
  const model = useModel();
  const { channel, older, messages } = pane;
  if (!isFirst) return null;
  switch (older) {
    case "none":
      return messages.length > 0 ? (
        <p class="list-start">
          {channel.peer
            ? i18n.t("This is where you and {name} began.", { name: channel.name })
            : i18n.t("This is where {name} begins.", { name: channel.name })}
        </p>
      ) : (
        <p class="list-start">
          {channel.peer
            ? i18n.t("Nothing was said here yet. Say hello to {name}.", { name: channel.name })
            : i18n.t("Nothing was said here yet. Say the first word.")}
          <Alone pane={pane} />
        </p>
      );
    case "failed":
      return (
        <p class="list-start">
          <span class="fault">{i18n.t("Older messages could not be loaded.")}</span>{" "}
          <button type="button" class="button-plain" onClick={() => void model.loadOlder()}>
            {i18n.t("Try again")}
          </button>
        </p>
      );
    case "loading":
    case "some":
    case "unknown":
      return <p class="list-start">{i18n.t("Older messages are loading.")}</p>;
  }
}
