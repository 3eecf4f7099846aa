import { useEffect, useRef, useState } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import type { Link } from "../store/model.ts";
import { useModel } from "./context.ts";

export function linkWords(state: Link["state"]): string {
  switch (state) {
    case "offline":
      return i18n.t("Offline. What you write is sent when you are back.");
    case "restored":
      return i18n.t("Connected");
    case "outdated":
      return i18n.t("Parley was updated. Reload to go on.");
    default:
      return i18n.t("Reconnecting");
  }
}

/** Seconds until then, counted down while this is shown. */
function useSecondsUntil(atMs: number | undefined): number {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    if (atMs === undefined) return undefined;
    setNowMs(Date.now());
    const timer = setInterval(() => setNowMs(Date.now()), 250);
    return () => clearInterval(timer);
  }, [atMs]);
  return Math.max(0, Math.ceil(((atMs ?? 0) - nowMs) / 1000));
}

/** How the page stands to the server, where that is not as it should be. Laid over what is below: nothing moves. */
export function LinkBar() {
  const model = useModel();
  const link = model.link.value;
  const seconds = useSecondsUntil(link.state === "waiting" ? link.retryAtMs : undefined);
  // The first connecting of a page is loading; one after a break that was shown belongs to it.
  const broken = useRef(false);
  if (link.state === "offline" || link.state === "waiting") broken.current = true;
  if (link.state === "open" || link.state === "restored") broken.current = false;

  const isShown = broken.current || link.state === "restored" || link.state === "outdated";
  if (!isShown || link.state === "quiet" || link.state === "signed_out") return null;
  return (
    <aside class={`link-bar link-bar-${link.state}`} aria-label={i18n.t("Connection")}>
      <p class="tabular">
        {link.state === "waiting" && seconds > 0
          ? i18n.t("Reconnecting in {seconds} s", { seconds })
          : linkWords(link.state)}
      </p>
      {link.state === "waiting" && (
        <button type="button" class="button-plain" onClick={() => model.reconnectNow()}>
          {i18n.t("Now")}
        </button>
      )}
      {link.state === "outdated" && (
        <button type="button" class="button-plain" onClick={() => location.reload()}>
          {i18n.t("Reload")}
        </button>
      )}
    </aside>
  );
}
