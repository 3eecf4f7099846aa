import { useRef, useState } from "preact/hooks";
import type { ChannelLine } from "../store/model.ts";
import { ChannelRow } from "./channel-row.tsx";
import { useModel } from "./context.ts";
import { lazy } from "./lazy.tsx";
import { route } from "./router.ts";
import { SkeletonRows } from "./skeleton.tsx";

const FirstSteps = lazy(async () => (await import("./first-steps.tsx")).FirstSteps);

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

  if (lines.length === 0) return <FirstSteps />;

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
