import { useState } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import { AccountPage } from "./account-page.tsx";
import { useAccounts, useModel } from "./context.ts";
import { sentenceOf } from "./problem-words.ts";
import { codeOfLink, go } from "./router.ts";

/** Where a link of the example leads. A press signs in, not the visit: the link works once, and one may be somebody else here. */
export function Enter() {
  const accounts = useAccounts();
  const me = useModel().me.value;
  const [code] = useState(codeOfLink);
  const [fault, setFault] = useState("");
  const [isUnderWay, setUnderWay] = useState(false);
  const enter = async () => {
    if (isUnderWay) return;
    setUnderWay(true);
    const entered = await accounts.enterDemo(code);
    setUnderWay(false);
    if ("problem" in entered) setFault(sentenceOf(entered));
    else go("/", { replace: true });
  };
  return (
    <AccountPage>
      <form
        class="account-form"
        onSubmit={(event) => {
          event.preventDefault();
          void enter();
        }}
      >
        <h1 class="account-title">{i18n.t("Sign in as a person of the example")}</h1>
        <p class="account-intro">
          {me
            ? i18n.t(
                "In this browser you are {name}, and would no longer be. Open the link in a private window to stay both.",
                { name: me.name },
              )
            : i18n.t("You see what they see, and write as they do. The link works once.")}
        </p>
        <button type="submit" class="button button-primary button-wide" aria-busy={isUnderWay}>
          {i18n.t("Sign in")}
        </button>
        <p class="fault" role="alert">
          {fault}
        </p>
      </form>
    </AccountPage>
  );
}
