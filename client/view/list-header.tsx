import { i18n } from "../locale/i18n.ts";
import { Icon } from "./icon.tsx";
import { overlay } from "./keys.ts";
import { Link } from "./link.tsx";
import { OwnMenu } from "./own-menu.tsx";

export function ListHeader() {
  return (
    <div class="list-header">
      <h1 class="visually-hidden">{i18n.t("Channels")}</h1>
      <OwnMenu />
      <button
        type="button"
        class="button-icon"
        title={i18n.t("Find a channel or a person (Ctrl+K)")}
        onClick={() => (overlay.value = "switcher")}
      >
        <Icon name="search" label={i18n.t("Find a channel or a person")} />
      </button>
      <Link to="/people" class="button-icon" title={i18n.t("Find a person to talk to")}>
        <Icon name="square-pen" label={i18n.t("Find a person to talk to")} />
      </Link>
    </div>
  );
}
