import { useState } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import type { Invitation } from "../store/model.ts";
import { useAccounts } from "./context.ts";
import { sentenceOf } from "./problem-words.ts";
import { expiryTime } from "./time.ts";

interface Props {
  readonly invitation: Invitation;
  readonly revoked: () => void;
}

export function InvitationRow({ invitation, revoked }: Props) {
  const accounts = useAccounts();
  const [fault, setFault] = useState("");
  const revoke = async () => {
    const problem = await accounts.revoke(invitation.id);
    if (problem) setFault(sentenceOf(problem));
    else revoked();
  };
  return (
    <li class="invitation-row">
      <div class="invitation-words">
        <p class="tabular">
          {i18n.t("{uses} of {max} used", { uses: invitation.uses, max: invitation.usesMax })}
        </p>
        <p class="field-hint">
          {i18n.t("works until {time}", { time: expiryTime(Date.parse(invitation.expiresAt)) })}
        </p>
        {fault && <p class="fault">{fault}</p>}
      </div>
      <button type="button" class="button" onClick={() => void revoke()}>
        {i18n.t("Revoke")}
      </button>
    </li>
  );
}
