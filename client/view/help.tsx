import { i18n } from "../locale/i18n.ts";
import { Dialog } from "./dialog.tsx";

function keys(): [keys: readonly string[], what: string][] {
  const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent);
  return [
    [[isApple ? "⌘" : "Ctrl", "K"], i18n.t("Find a channel or a person")],
    [["Alt", "↑"], i18n.t("The channel above")],
    [["Alt", "↓"], i18n.t("The channel below")],
    [["Shift", "Alt", "↓"], i18n.t("The next unread channel")],
    [["F6"], i18n.t("List, messages, composer, in turn")],
    [["↑", "↓"], i18n.t("From message to message")],
    [["Enter"], i18n.t("On one's own message in a group: who has it")],
    [["Enter"], i18n.t("In the composer: send")],
    [["Shift", "Enter"], i18n.t("A new line")],
    [["Esc"], i18n.t("Close, then read to the end")],
    [["?"], i18n.t("This list")],
  ];
}

export function Help({ close }: { readonly close: () => void }) {
  return (
    <Dialog label={i18n.t("Keys")} close={close}>
      <h2 class="dialog-title">{i18n.t("Keys")}</h2>
      <dl class="help">
        {keys().map(([pressed, what]) => (
          <div class="help-row" key={what}>
            <dt>{what}</dt>
            <dd>
              {pressed.map((key) => (
                <kbd class="help-key" key={key}>
                  {key}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <div class="dialog-end">
        <button type="button" class="button" autofocus onClick={close}>
          {i18n.t("Close")}
        </button>
      </div>
    </Dialog>
  );
}
