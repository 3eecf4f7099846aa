import { i18n } from "../locale/i18n.ts";
import { PaneHeader } from "./pane-header.tsx";
import { Switch } from "./switch.tsx";
import { useShown } from "./use-shown.ts";

/** What others see of one. */
export function PrivacyPage() {
  const { shown, fault, change } = useShown();
  return (
    <>
      <PaneHeader title={i18n.t("Privacy")} />
      <div class="page">
        <Switch
          label={i18n.t("Others see when I write")}
          hint={i18n.t("While you write, the people in that channel see it.")}
          isOn={shown.typing}
          fault={fault?.of === "typing" ? fault.text : ""}
          change={(isOn) => void change("typing", isOn)}
        />
        <Switch
          label={i18n.t("Others see what I have read")}
          hint={i18n.t("Without it you do not see what others have read, either.")}
          isOn={shown.receipts}
          fault={fault?.of === "receipts" ? fault.text : ""}
          change={(isOn) => void change("receipts", isOn)}
        />
      </div>
    </>
  );
}
