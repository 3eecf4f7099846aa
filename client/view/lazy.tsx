import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import { Notice } from "./notice.tsx";

/** A component whose code is fetched when it is first shown. */
export function lazy<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined;
  return function Lazy(props: Props) {
    const [state, setState] = useState<"loading" | "loaded" | "failed">("loading");
    useEffect(() => {
      if (loaded) return;
      load().then(
        (component) => {
          loaded = component;
          setState("loaded");
        },
        (error: unknown) => {
          reportError(error);
          setState("failed");
        },
      );
    }, []);
    if (loaded) {
      const Loaded = loaded;
      return <Loaded {...props} />;
    }
    if (state !== "failed") return null;
    return (
      <Notice
        title={i18n.t("This page could not be loaded.")}
        text={i18n.t("The server is away, or has a newer version.")}
        button={{ label: i18n.t("Reload"), press: () => location.reload() }}
      />
    );
  };
}
