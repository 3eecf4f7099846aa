import { useId } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import type { Conversation } from "../store/model.ts";
import { useModel } from "./context.ts";
import { Notice } from "./notice.tsx";
import { PaneHeader } from "./pane-header.tsx";

const back = () => ({ label: i18n.t("Back to your channels"), to: "/" });

/** What one had written and nobody got: nothing that was typed vanishes without a word. */
function Unsent({ texts }: { readonly texts: readonly string[] }) {
  const id = useId();
  if (texts.length === 0) return null;
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {i18n.t("What you had written here and was not sent")}
      </label>
      <textarea
        class="input unsent"
        id={id}
        readOnly
        dir="auto"
        rows={4}
        value={texts.join("\n\n")}
      />
    </div>
  );
}

/** There is no such channel for this person: never was, or not any more. `last` is what the pane showed before. */
export function NoChannel({ last }: { readonly last: Conversation | undefined }) {
  const model = useModel();
  if (!last) {
    return (
      <>
        <PaneHeader title={i18n.t("Not found")} />
        <Notice title={i18n.t("There is no such channel, or you are not in it.")} link={back()} />
      </>
    );
  }
  const { channel, messages } = last;
  const unsent = messages
    .filter(({ delivery: { state } }) => state === "sending" || state === "refused")
    .map(({ body }) => body);
  const draft = model.draftOf(channel.id);
  return (
    <>
      <PaneHeader title={channel.name} />
      <Notice
        title={i18n.t("You are no longer in {name}.", { name: channel.name })}
        text={i18n.t("You left it, somebody removed you, or it was deleted.")}
        link={back()}
      >
        <Unsent texts={draft === "" ? unsent : [...unsent, draft]} />
      </Notice>
    </>
  );
}
