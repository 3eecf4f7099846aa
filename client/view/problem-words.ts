import { i18n } from "../locale/i18n.ts";
import type { Problem } from "../store/model.ts";

/** The problem in the reader's language; one that this page does not know, in the server's own words. */
export function sentenceOf({ problem, detail, retryAfterSeconds }: Problem): string {
  switch (problem) {
    case "offline":
      return i18n.t("The server cannot be reached. Try again in a moment.");
    case "too_many_attempts":
      return i18n.t(
        "Too many attempts. Try again in {seconds, plural, one {# second} other {# seconds}}.",
        { seconds: retryAfterSeconds ?? 60 },
      );
    case "wrong_credentials":
      return i18n.t("Email or password is wrong.");
    case "account_inactive":
      return i18n.t("This account is deactivated. Ask an administrator.");
    case "name_invalid":
      return i18n.t("A name has 1 to 80 characters, and no control characters.");
    case "email_invalid":
      return i18n.t("This is not an email address. One looks like ada@example.org.");
    case "email_taken":
      return i18n.t("Somebody has an account with this email address. Sign in, or use another.");
    case "password_too_short":
      return i18n.t("A password has at least 10 characters. Three or four words make a good one.");
    case "password_too_long":
      return i18n.t("This password is too long.");
    case "link_invalid":
      return i18n.t(
        "This link is no longer valid: it was used, taken back, replaced or is too old. Ask for a new one.",
      );
    case "already_set_up":
      return i18n.t("This Parley is already set up. Sign in, or ask its owner for an invitation.");
    case "role_too_low":
      return i18n.t("Only administrators can do this.");
    case "owner_only":
      return i18n.t("Only the owner can do this.");
    case "demo_loaded":
      return i18n.t("The example is loaded already.");
    case "busy":
    case "unavailable":
      return i18n.t("The server is busy. Try again in a moment.");
    default:
      return detail;
  }
}
