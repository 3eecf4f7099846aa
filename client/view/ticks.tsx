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

/** Where one's own message stands. Its place is kept, so that a line never breaks anew. */
export function Ticks({ delivery }: { readonly delivery: Delivery }) {
  return (
    <span class="ticks">
      {delivery.state === "sending" && <Clock sinceMs={delivery.sinceMs} />}
      {delivery.state === "stored" && <Icon name="check" label={i18n.t("Stored")} small />}
    </span>
  );
}
