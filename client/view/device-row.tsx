import { useState } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import type { Device } from "../store/model.ts";
import { useAccounts } from "./context.ts";
import { deviceName, isHandheld } from "./device-words.ts";
import { Icon } from "./icon.tsx";
import { sentenceOf } from "./problem-words.ts";
import { expiryTime, fullTime } from "./time.ts";

interface Props {
  readonly device: Device;
  readonly ended: () => void;
}

export function DeviceRow({ device, ended }: Props) {
  const accounts = useAccounts();
  const [fault, setFault] = useState("");
  const name = deviceName(device.agent);
  const usedMs = Date.parse(device.lastUsedAt);
  const end = async () => {
    const problem = await accounts.endDevice(device.id);
    // Somebody was quicker, or it ended by itself: it is gone all the same.
    if (problem && problem.problem !== "not_found") return setFault(sentenceOf(problem));
    ended();
  };
  return (
    <li class="device-row">
      <Icon name={isHandheld(device.agent) ? "smartphone" : "monitor"} />
      <div class="device-words">
        <p class="device-name">
          <bdi>{name}</bdi>
        </p>
        <p class="field-hint tabular">
          {device.isThis ? (
            i18n.t("This device")
          ) : (
            <time dateTime={device.lastUsedAt} title={fullTime(usedMs)}>
              {i18n.t("last used {time}", { time: expiryTime(usedMs) })}
            </time>
          )}
          {device.address && <bdi class="device-address">{device.address}</bdi>}
        </p>
        {fault && (
          <p class="fault" role="alert">
            {fault}
          </p>
        )}
      </div>
      {!device.isThis && (
        <button
          type="button"
          class="button"
          aria-label={i18n.t("Sign out {device}", { device: name })}
          onClick={() => void end()}
        >
          {i18n.t("Sign out")}
        </button>
      )}
    </li>
  );
}
