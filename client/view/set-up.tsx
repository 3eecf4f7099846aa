import { i18n } from "../locale/i18n.ts";
import { AccountForm } from "./account-form.tsx";
import { AccountPage } from "./account-page.tsx";
import { useAccounts } from "./context.ts";
import { codeOfLink } from "./router.ts";

/** The first minutes: whoever holds the code of the terminal becomes the owner. */
export function SetUp() {
  const accounts = useAccounts();
  return (
    <AccountPage>
      <AccountForm
        title={i18n.t("Set up Parley")}
        intro={
          <p class="account-intro">
            {i18n.t("You become the owner of this server, and invite the others.")}
          </p>
        }
        fields={["name", "email", "password"]}
        newPassword
        button={i18n.t("Become the owner")}
        submit={(answers) => accounts.setUp({ ...answers, code: codeOfLink() })}
        then="/"
      />
    </AccountPage>
  );
}
