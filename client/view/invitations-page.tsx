import { useEffect, useState } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import type { Invitation, Problem } from "../store/model.ts";
import { useAccounts, useModel } from "./context.ts";
import { InvitationForm } from "./invitation-form.tsx";
import { InvitationRow } from "./invitation-row.tsx";
import { Notice } from "./notice.tsx";
import { mayInvite } from "./may-invite.ts";
import { PaneHeader } from "./pane-header.tsx";
import { sentenceOf } from "./problem-words.ts";
import { SkeletonRows } from "./skeleton.tsx";

function Invitations() {
  const accounts = useAccounts();
  const [known, setKnown] = useState<readonly Invitation[] | Problem>();
  useEffect(() => {
    void accounts.invitations().then(setKnown);
  }, [accounts]);
  const list = known && !("problem" in known) ? known : [];

  return (
    <>
      <InvitationForm made={(invitation) => setKnown([invitation, ...list])} />
      {!known && <SkeletonRows count={2} />}
      {known && "problem" in known && <p class="fault">{sentenceOf(known)}</p>}
      {list.length > 0 && (
        <>
          <h2 class="page-heading">{i18n.t("Links that work")}</h2>
          <ul>
            {list.map((invitation) => (
              <InvitationRow
                key={invitation.id}
                invitation={invitation}
                revoked={() => setKnown(list.filter(({ id }) => id !== invitation.id))}
              />
            ))}
          </ul>
        </>
      )}
    </>
  );
}

/** Links that let people in. */
export function InvitationsPage() {
  const me = useModel().me.value;
  return (
    <>
      <PaneHeader title={i18n.t("Invitations")} />
      <div class="page">
        {me && !mayInvite(me) ? (
          <Notice
            title={i18n.t("Only administrators can invite.")}
            link={{ label: i18n.t("Find a person"), to: "/people" }}
          />
        ) : (
          <Invitations />
        )}
      </div>
    </>
  );
}
