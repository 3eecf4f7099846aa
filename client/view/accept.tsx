import { useEffect, useState } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import type { Problem } from "../store/model.ts";
import { AccountForm } from "./account-form.tsx";
import { AccountPage } from "./account-page.tsx";
import { useAccounts } from "./context.ts";
import { Notice } from "./notice.tsx";
import { sentenceOf } from "./problem-words.ts";
import { codeOfLink } from "./router.ts";

/** An invitation's page: who invites, and the account that one makes. */
export function Accept() {
  const accounts = useAccounts();
  const [invitation, setInvitation] = useState<{ invitedBy: string } | Problem>();
  const [code] = useState(codeOfLink);
  useEffect(() => {
    void accounts.lookAtInvitation(code).then(setInvitation);
  }, [accounts, code]);

  if (!invitation) return <AccountPage>{null}</AccountPage>;
  if ("problem" in invitation) {
    return (
      <AccountPage>
        <Notice
          isPage
          title={i18n.t("This invitation cannot be used.")}
          text={sentenceOf(invitation)}
          link={{ label: i18n.t("Sign in"), to: "/signin" }}
        />
      </AccountPage>
    );
  }
  return (
    <AccountPage>
      <AccountForm
        title={i18n.t("Join Parley")}
        intro={
          <p class="account-intro">
            {i18n.t("{name} invites you.", { name: invitation.invitedBy })}
          </p>
        }
        fields={["name", "email", "password"]}
        newPassword
        button={i18n.t("Join")}
        submit={(answers) => accounts.accept({ ...answers, code })}
        then="/"
      />
    </AccountPage>
  );
}
