import { useId, useState } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import type { Invitation } from "../store/model.ts";
import { useAccounts } from "./context.ts";
import { CopyLink } from "./copy-link.tsx";
import { lazy } from "./lazy.tsx";
import { sentenceOf } from "./problem-words.ts";

const QrCode = lazy(async () => (await import("./qr-code.tsx")).QrCode);

const uses = { min: 1, max: 1_000 } as const;
const usualHours = 7 * 24;

function lifetimes(): [hours: number, words: string][] {
  return [
    [1, i18n.t("one hour")],
    [24, i18n.t("one day")],
    [usualHours, i18n.t("one week")],
    [30 * 24, i18n.t("30 days")],
  ];
}

/** Makes a link. It is shown once: the server keeps no plain code. */
export function InvitationForm({ made }: { readonly made: (invitation: Invitation) => void }) {
  const accounts = useAccounts();
  const id = useId();
  const [usesMax, setUsesMax] = useState("1");
  const [hours, setHours] = useState(String(usualHours));
  const [fault, setFault] = useState<{ at: "uses" | "form"; text: string }>();
  const [link, setLink] = useState("");

  const make = async () => {
    const count = Number(usesMax);
    if (!Number.isInteger(count) || count < uses.min || count > uses.max) {
      setFault({
        at: "uses",
        text: i18n.t("A whole number from 1 to {max}.", { max: i18n.number(uses.max) }),
      });
      return;
    }
    const answer = await accounts.invite({ usesMax: count, expiresInHours: Number(hours) });
    if ("problem" in answer) {
      setFault({ at: answer.field === "usesMax" ? "uses" : "form", text: sentenceOf(answer) });
      return;
    }
    setFault(undefined);
    setLink(answer.link ?? "");
    made(answer);
  };

  return (
    <form
      class="invitation-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void make();
      }}
    >
      <div class="invitation-terms">
        <div class="field">
          <label class="field-label" for={`${id}-uses`}>
            {i18n.t("People who may use it")}
          </label>
          <input
            class="input"
            id={`${id}-uses`}
            type="number"
            inputMode="numeric"
            min={uses.min}
            max={uses.max}
            value={usesMax}
            aria-invalid={fault?.at === "uses"}
            aria-describedby={fault ? `${id}-fault` : undefined}
            onInput={(event) => setUsesMax(event.currentTarget.value)}
          />
        </div>
        <div class="field">
          <label class="field-label" for={`${id}-hours`}>
            {i18n.t("Works for")}
          </label>
          <select
            class="input"
            id={`${id}-hours`}
            value={hours}
            onChange={(event) => setHours(event.currentTarget.value)}
          >
            {lifetimes().map(([each, words]) => (
              <option value={each} key={each}>
                {words}
              </option>
            ))}
          </select>
        </div>
        <button type="submit" class="button button-primary">
          {i18n.t("Make a link")}
        </button>
      </div>
      <p class="fault" id={`${id}-fault`} role="alert">
        {fault?.text}
      </p>
      {link && (
        <>
          <CopyLink
            key={link}
            link={link}
            label={i18n.t("Give this link to whom you invite")}
            hint={i18n.t("It is shown only now.")}
          />
          <QrCode text={link} />
        </>
      )}
    </form>
  );
}
