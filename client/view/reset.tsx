import { i18n } from "../locale/i18n.ts";
import { AccountForm } from "./account-form.tsx";
import { AccountPage } from "./account-page.tsx";
import { useAccounts } from "./context.ts";
import { codeOfLink } from "./router.ts";

/** A one-time link leads here; afterwards one is signed in. */
export function Reset() {
  const accounts = useAccounts();
  return (
    <AccountPage>
      <AccountForm
        title={i18n.t("Choose a new password")}
        intro={<p class="account-intro">{i18n.t("You are signed out on every other device.")}</p>}
        fields={["password"]}
        newPassword
        button={i18n.t("Set password")}
        submit={({ password }) => accounts.resetPassword({ code: codeOfLink(), password })}
        then="/"
      />
    </AccountPage>
  );
}
