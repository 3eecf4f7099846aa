import type { ComponentChildren } from "preact";
import { i18n } from "../locale/i18n.ts";
import { Icon } from "./icon.tsx";
import { goToList } from "./router.ts";

interface Props {
  readonly title: string;
  /** One line beneath the title. */
  readonly line?: ComponentChildren;
  readonly start?: ComponentChildren;
  readonly end?: ComponentChildren;
}

export function PaneHeader({ title, line, start, end }: Props) {
  return (
    <header class="pane-header">
      <button type="button" class="button-icon pane-back" onClick={goToList}>
        <Icon name="arrow-left" label={i18n.t("Back to the list")} />
      </button>
      {start}
      <div class="pane-words">
        <h1 class="pane-title">
          <bdi>{title}</bdi>
        </h1>
        {line && <p class="pane-line">{line}</p>}
      </div>
      {end}
    </header>
  );
}
