import { i18n } from "../locale/i18n.ts";
import type { Presence } from "../store/model.ts";
import { messageTime } from "./time.ts";

/** Whether somebody is here, or else since when not, as far as anybody knows. */
export function presenceWords({ online, away, lastSeenAt }: Presence): string {
  if (online) return away ? i18n.t("away") : i18n.t("online");
  if (lastSeenAt === null) return i18n.t("offline");
  return i18n.t("last seen {time}", { time: messageTime(lastSeenAt) });
}
