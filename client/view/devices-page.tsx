import { useEffect, useState } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import type { Device, Problem } from "../store/model.ts";
import { AskForm } from "./ask-form.tsx";
import { useAccounts } from "./context.ts";
import { DeviceRow } from "./device-row.tsx";
import { Notice } from "./notice.tsx";
import { PaneHeader } from "./pane-header.tsx";
import { sentenceOf } from "./problem-words.ts";
import { SkeletonRows } from "./skeleton.tsx";

interface OthersProps {
  readonly close: () => void;
  readonly ended: () => void;
}

function SignOutOthers({ close, ended }: OthersProps) {
  const accounts = useAccounts();
  const submit = async () => {
    const problem = await accounts.endOtherDevices();
    if (problem) return sentenceOf(problem);
    ended();
    return "";
  };
  return (
    <AskForm
      title={i18n.t("Sign out everywhere else?")}
      text={i18n.t("All other devices are signed out at once. You stay signed in here.")}
      act={i18n.t("Sign out everywhere else")}
      isDangerous
      {...{ submit, close }}
    />
  );
}

function Listed({ devices, look }: { readonly devices: readonly Device[]; look: () => void }) {
  const [isAsking, setAsking] = useState(false);
  const own = devices.filter(({ isThis }) => isThis);
  const others = devices.filter(({ isThis }) => !isThis);
  return (
    <>
      <ul>
        {[...own, ...others].map((device) => (
          <DeviceRow key={device.id} device={device} ended={look} />
        ))}
      </ul>
      {others.length === 0 ? (
        <p class="field-hint devices-end">{i18n.t("You are signed in here only.")}</p>
      ) : (
        <div class="devices-end">
          <button type="button" class="button" onClick={() => setAsking(true)}>
            {i18n.t("Sign out everywhere else")}
          </button>
          {isAsking && <SignOutOthers ended={look} close={() => setAsking(false)} />}
        </div>
      )}
    </>
  );
}

function Devices() {
  const accounts = useAccounts();
  const [known, setKnown] = useState<readonly Device[] | Problem>();
  const look = () => void accounts.devices().then(setKnown);
  useEffect(look, [accounts]);
  if (!known) return <SkeletonRows count={3} />;
  if ("problem" in known) {
    return (
      <Notice
        title={i18n.t("Your devices could not be read.")}
        text={sentenceOf(known)}
        button={{ label: i18n.t("Try again"), press: look }}
      />
    );
  }
  return <Listed devices={known} look={look} />;
}

/** Where one is signed in, and the way to end it. */
export function DevicesPage() {
  return (
    <>
      <PaneHeader title={i18n.t("Devices")} />
      <div class="page">
        <p class="devices-start">
          {i18n.t("Where you are signed in. One that you do not know? Sign it out.")}
        </p>
        <Devices />
      </div>
    </>
  );
}
