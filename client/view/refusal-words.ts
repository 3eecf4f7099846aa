import type { RefusalCode } from "#wire/codes.ts";
import { i18n } from "../locale/i18n.ts";
import type { Trouble } from "../store/model.ts";

/** Why something was refused and what to do, in the reader's language. */
export function sentenceOfTrouble(code: Trouble["code"] | RefusalCode): string {
  switch (code) {
    case "offline":
      return i18n.t("The server cannot be reached. Try again in a moment.");
    case "not_found":
    case "user_unknown":
      return i18n.t("There is no such person any more.");
    case "slow_down":
    case "send_in_flight":
      return i18n.t("Too much at once. Try again in a moment.");
    case "not_a_member":
      return i18n.t("You are not a member of this channel. Ask somebody in it to add you.");
    case "channel_gone":
      return i18n.t("This channel no longer exists.");
    case "may_not_write":
      return i18n.t("You can read here, but not write. Ask an administrator of the channel.");
    case "body_empty":
      return i18n.t("There is nothing to send.");
    case "body_too_long":
      return i18n.t("This message is too long. Shorten it, or send it in parts.");
    case "body_invalid":
      return i18n.t("This message has a character that cannot be stored.");
    case "root_unknown":
      return i18n.t("The message that this replies to is not there.");
    case "skipped":
      return i18n.t("An earlier message was refused, so this one was not tried.");
    case "not_a_group":
      return i18n.t("This is not a group.");
    case "may_not_manage":
      return i18n.t("Your role in this group does not allow this. Ask an admin of the group.");
    case "group_full":
      return i18n.t("This group has as many members as it may have.");
    case "name_invalid":
      return i18n.t("A name has 1 to 80 characters, and no control characters.");
    case "status_invalid":
      return i18n.t(
        "A status has 1 to 80 characters, no control characters, and ends in the future.",
      );
    case "message_unknown":
      return i18n.t("There is no such message any more.");
    case "unavailable":
      return i18n.t("The server cannot say whether this is stored. Retry stores it once.");
    case "user_inactive":
      return i18n.t("This account is deactivated. Ask an administrator.");
    case "token_invalid":
    case "token_expired":
      return i18n.t("Your sign-in has expired. Sign in again.");
    case "malformed":
    case "hello_first":
    case "already_greeted":
    case "id_taken":
      return i18n.t("The server did not understand this page. Reload it.");
  }
}
