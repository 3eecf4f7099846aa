import { overlay } from "./keys.ts";
import { lazy } from "./lazy.tsx";
import { Switcher } from "./switcher.tsx";

const NewGroup = lazy(async () => (await import("./new-group.tsx")).NewGroup);
const StatusDialog = lazy(async () => (await import("./status-dialog.tsx")).StatusDialog);
const Help = lazy(async () => (await import("./help.tsx")).Help);

const close = () => (overlay.value = undefined);

/** What is open over the page. */
export function Overlays() {
  switch (overlay.value) {
    case "switcher":
      return <Switcher close={close} />;
    case "help":
      return <Help close={close} />;
    case "new-group":
      return <NewGroup close={close} />;
    case "status":
      return <StatusDialog close={close} />;
    case undefined:
      return null;
  }
}
