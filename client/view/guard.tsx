import type { ComponentChildren } from "preact";
import { useErrorBoundary } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import { Notice } from "./notice.tsx";

/** What crashes inside is replaced by a sentence and a way on; what stands outside goes on. */
export function Guard({ children }: { readonly children: ComponentChildren }) {
  const [crash, reset] = useErrorBoundary((error: unknown) => reportError(error));
  if (!crash) return <>{children}</>;
  return (
    <Notice
      title={i18n.t("This part of the page has crashed.")}
      text={i18n.t("Everything else still works. What you wrote is kept.")}
      button={{ label: i18n.t("Show it again"), press: reset }}
    />
  );
}
