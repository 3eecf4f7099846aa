import { i18n } from "../locale/i18n.ts";
import { useModel } from "./context.ts";
import { Icon } from "./icon.tsx";
import { overlay } from "./keys.ts";
import { Link } from "./link.tsx";
import { LoadExample } from "./load-example.tsx";
import { mayInvite } from "./may-invite.ts";
import { isNarrow } from "./narrow.ts";
import { Notice } from "./notice.tsx";
import { go } from "./router.ts";

/** On a narrow page the list would be gone just when there is something in it. */
function showExample(): void {
  if (!isNarrow.value) go("/example");
}

/** In place of a list that has no line yet: what one can do to have one. */
export function FirstSteps() {
  const me = useModel().me.value;
  return (
    <Notice title={mayInvite(me) ? i18n.t("No one here yet.") : i18n.t("You talk to no one yet.")}>
      <ul class="first-steps">
        {mayInvite(me) && (
          <li>
            <Link to="/invitations" class="button">
              <Icon name="user-plus" />
              {i18n.t("Invite people")}
            </Link>
            <p class="field-hint">{i18n.t("A link, and they make their own account.")}</p>
          </li>
        )}
        {me?.role === "owner" && (
          <li>
            <LoadExample loaded={showExample} />
            <p class="field-hint">
              {i18n.t(
                "People, groups and what they said, to try with. One click takes it away again.",
              )}
            </p>
          </li>
        )}
        {!mayInvite(me) && (
          <li>
            <Link to="/people" class="button">
              <Icon name="square-pen" />
              {i18n.t("Find a person")}
            </Link>
            <p class="field-hint">{i18n.t("Choose a name, and write.")}</p>
          </li>
        )}
        <li>
          <button type="button" class="button" onClick={() => (overlay.value = "new-group")}>
            <Icon name="users" />
            {i18n.t("New group")}
          </button>
          <p class="field-hint">{i18n.t("With a name; people come in when they are here.")}</p>
        </li>
      </ul>
    </Notice>
  );
}
