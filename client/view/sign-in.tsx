import { useEffect, useState } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import { AccountForm } from "./account-form.tsx";
import { AccountPage } from "./account-page.tsx";
import { useAccounts, useModel } from "./context.ts";
import { Notice } from "./notice.tsx";
import { route } from "./router.ts";

/** Stands at every address while nobody is signed in, so that a link to a channel leads there afterwards. */
export function SignIn() {
  const accounts = useAccounts();
  const link = useModel().link.value;
  const [setUp, setSetUp] = useState(true);
  useEffect(() => {
    void accounts.instance().then((instance) => {
      if ("setUp" in instance) setSetUp(instance.setUp);
    });
  }, [accounts]);

  if (!setUp) {
    return (
      <AccountPage>
        <Notice
          isPage
          title={i18n.t("This Parley has no owner yet.")}
          text={i18n.t("Open the set-up link that the server wrote into its terminal.")}
          button={{ label: i18n.t("Try again"), press: () => location.reload() }}
        />
      </AccountPage>
    );
  }
  const expired = link.state === "signed_out" && link.why === "expired";
  return (
    <AccountPage>
      <AccountForm
        title={i18n.t("Sign in")}
        intro={
          expired && (
            <p class="account-intro">
              {i18n.t(
                "You were signed out. Sign in to go on; what you wrote and was not sent is kept.",
              )}
            </p>
          )
        }
        fields={["email", "password"]}
        newPassword={false}
        button={i18n.t("Sign in")}
        submit={(answers) => accounts.signIn(answers)}
        {...(route.value.page === "sign-in" ? { then: "/" } : {})}
      />
      <p class="field-hint">
        {i18n.t("No account, or no password any more? Ask whoever runs this server for a link.")}
      </p>
    </AccountPage>
  );
}
