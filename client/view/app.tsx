import { useMemo } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import type { Accounts, Model } from "../store/model.ts";
import { AccountPage } from "./account-page.tsx";
import { KnownContext, useModel } from "./context.ts";
import { Guard } from "./guard.tsx";
import { lazy } from "./lazy.tsx";
import { Notice } from "./notice.tsx";
import { route } from "./router.ts";
import { Shell } from "./shell.tsx";
import { useTitle } from "./title.ts";

const AccountPages = lazy(async () => (await import("./account-pages.tsx")).AccountPages);

function Page() {
  const model = useModel();
  const { page } = route.value;
  const link = model.link.value;
  useTitle();

  if (page === "set-up" || page === "invite" || page === "reset" || page === "enter") {
    return <AccountPages page={page} key={page} />;
  }
  if (link.state === "signed_out" && link.why === "inactive") {
    return (
      <AccountPage>
        <Notice
          isPage
          title={i18n.t("This account is deactivated.")}
          text={i18n.t("Ask an administrator of this server to activate it again.")}
          button={{ label: i18n.t("Try again"), press: () => location.reload() }}
        />
      </AccountPage>
    );
  }
  if (link.state === "signed_out") return <AccountPages page="sign-in" key="sign-in" />;
  return <Shell />;
}

interface Props {
  readonly model: Model;
  readonly accounts: Accounts;
}

export function App({ model, accounts }: Props) {
  const known = useMemo(() => ({ model, accounts }), [model, accounts]);
  return (
    <KnownContext.Provider value={known}>
      <Guard>
        <Page />
      </Guard>
    </KnownContext.Provider>
  );
}
