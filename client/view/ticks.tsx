import { useEffect, useState } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import type { Delivery } from "../store/model.ts";
import { Icon } from "./icon.tsx";

/** What is stored sooner shows no clock: it would only flicker. */
const clockAfterMs = 300;

function useIsOlder(sinceMs: number, ageMs: number): boolean {
  const [isOlder, setOlder] = useState(() => Date.now() - sinceMs >= ageMs);
  useEffect(() => {
    if (isOlder) return undefined;
    const timer = setTimeout(() => setOlder(true), ageMs - (Date.now() - sinceMs));
    return () => clearTimeout(timer);
  }, [isOlder, sinceMs, ageMs]);
  return isOlder;
}

function Clock({ sinceMs }: { readonly sinceMs: number }) {
  const isShown = useIsOlder(sinceMs, clockAfterMs);
  return isShown ? <Icon name="clock" label={i18n.t("Sending")} small /> : null;
}

function Settled({ state }: { readonly state: "stored" | "delivered" | "read" }) {
  switch (state) {
    case "stored":
      return <Icon name="check" label={i18n.t("Stored")} small />;
    case "delivered":
      return <Icon name="check-check" label={i18n.t("Delivered")} small />;
    case "read":
      return <Icon name="check-check" label={i18n.t("Read")} small />;
  }
}

interface Props {
  readonly delivery: Delivery;
  /** In a group the ticks open who and when. */
  readonly ask: (() => void) | undefined;
}

/** Where one's own message stands. Its place is kept, so that a line never breaks anew. */
export function Ticks({ delivery, ask }: Props) {
  const { state } = delivery;
  const look = state === "read" ? "ticks ticks-read" : "ticks";
  if (state === "refused") return <span class={look} />;
  if (state === "sending") {
    return (
      <span class={look}>
        <Clock sinceMs={delivery.sinceMs} />
      </span>
    );
  }
  if (!ask) {
    return (
      <span class={look}>
        <Settled state={state} />
      </span>
    );
  }
  return (
    <span class={look}>
      {/* Not a tab stop: messages are one, and Enter on a message does the same. */}
      <button
        type="button"
        class="ticks-button"
        tabIndex={-1}
        title={i18n.t("Who has this message")}
        onClick={ask}
      >
        <Settled state={state} />
      </button>
    </span>
  );
}
