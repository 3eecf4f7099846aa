import { useEffect } from "preact/hooks";
import { i18n } from "../locale/i18n.ts";
import type { Model } from "../store/model.ts";
import { useModel } from "./context.ts";
import unreadIcon from "./favicon-unread.svg";
import icon from "./favicon.svg";
import { route } from "./router.ts";

function placeName(model: Model): string | undefined {
  const link = model.link.value;
  switch (route.value.page) {
    case "set-up":
      return i18n.t("Set up");
    case "invite":
      return i18n.t("Join");
    case "reset":
      return i18n.t("New password");
    case "enter":
      return i18n.t("Sign in");
    default:
  }
  if (link.state === "signed_out") return i18n.t("Sign in");
  switch (route.value.page) {
    case "people":
      return i18n.t("People");
    case "invitations":
      return i18n.t("Invitations");
    case "example":
      return i18n.t("Example");
    case "devices":
      return i18n.t("Devices");
    case "privacy":
      return i18n.t("Privacy");
    case "channel": {
      const pane = model.conversation.value;
      return typeof pane === "object" ? pane.channel.name : undefined;
    }
    default:
      return undefined;
  }
}

/** The tab says where one is and how much waits: "(3) lobby · Parley", and a dot on the icon. */
export function useTitle(): void {
  const model = useModel();
  const unread = model.unreadTotal.value;
  const place = placeName(model);
  useEffect(() => {
    const count = unread > 0 ? `(${i18n.number(unread)}) ` : "";
    document.title = `${count}${place ? `${place} · ` : ""}Parley`;
  }, [unread, place]);
  const waiting = unread > 0;
  useEffect(() => {
    const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
    if (link) link.href = waiting ? unreadIcon : icon;
  }, [waiting]);
}
