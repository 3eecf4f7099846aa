import { useRef, useState } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import type { ChannelLine } from "../store/model.ts";
import { ChannelRow } from "./channel-row.tsx";
import { useModel } from "./context.ts";
import { Notice } from "./notice.tsx";
import { mayInvite } from "./may-invite.ts";
import { route } from "./router.ts";
import { SkeletonRows } from "./skeleton.tsx";

/** The lines in the order in which they stood, new ones on top: nothing moves away beneath a pointer or a focus. */
function inHeldOrder(
  lines: readonly ChannelLine[],
  held: readonly number[],
): readonly ChannelLine[] {
  const place = (line: ChannelLine) => held.indexOf(line.id);
  return lines.toSorted((one, other) => place(one) - place(other));
}

export function ChannelList() {
  const model = useModel();
  const [isHeld, setHeld] = useState(false);
  const order = useRef<readonly number[]>([]);
  const lines = model.channels.value;
  if (!lines) return <SkeletonRows count={8} />;

  if (lines.length === 0) {
    return mayInvite(model.me.value) ? (
      <Notice
        title={i18n.t("No one here yet.")}
        link={{ label: i18n.t("Invite people"), to: "/invitations" }}
      />
    ) : (
      <Notice
        title={i18n.t("You talk to no one yet.")}
        link={{ label: i18n.t("Find a person"), to: "/people" }}
      />
    );
  }
  const shown = isHeld ? inHeldOrder(lines, order.current) : lines;
  order.current = shown.map(({ id }) => id);
  const current = route.value;
  return (
    <ul
      class="channel-list"
      onPointerEnter={(event) => setHeld(event.pointerType === "mouse")}
      onPointerLeave={(event) => setHeld(event.currentTarget.contains(document.activeElement))}
      onFocusIn={() => setHeld(true)}
      onFocusOut={(event) => setHeld(event.currentTarget.matches(":hover"))}
    >
      {shown.map((line) => (
        <ChannelRow
          key={line.id}
          line={line}
          isOpen={current.page === "channel" && current.textId === line.textId}
        />
      ))}
    </ul>
  );
}
