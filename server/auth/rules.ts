import { z } from "zod";
import { parseName } from "#wire/name.ts";

/** What may be typed into the fields of an account; each has a test on both sides of it. */
export const accountLimits = {
  /** RFC 5321, 4.5.3.1.3: a path of 256 with its angle brackets. */
  emailCharsMax: 254,
  /** Unicode code points. */
  passwordCharsMin: 10,
  /** UTF-8. Hashing reads every byte, so there is an end. */
  passwordBytesMax: 1024,
  /** Our codes have 43 characters. */
  codeCharsMax: 100,
  usesMax: 1_000,
  /** Thirty days. */
  expiresInHoursMax: 720,
} as const;

/** A person's name, trimmed. The message of each rule is the code of the problem. */
export const nameField = z
  .string("name_invalid")
  .refine((name) => parseName(name) !== undefined, "name_invalid")
  .transform((name) => name.trim());

/** An email address, trimmed and lower-cased. */
export const emailField = z
  .string("email_invalid")
  .transform((email) => email.trim().toLowerCase())
  .pipe(z.email("email_invalid").max(accountLimits.emailCharsMax, "email_invalid"));

/** A password that somebody chooses. */
export const newPasswordField = z
  .string("password_too_short")
  .refine((text) => lengthOf(text) >= accountLimits.passwordCharsMin, "password_too_short")
  .refine((text) => Buffer.byteLength(text) <= accountLimits.passwordBytesMax, "password_too_long");

/** A password that is only compared: what no account can have is not worth hashing. */
export const passwordField = z
  .string()
  .refine((text) => Buffer.byteLength(text) <= accountLimits.passwordBytesMax, "password_too_long");

/** The code of a link, of any kind. */
export const codeField = z.string().min(1).max(accountLimits.codeCharsMax);

function lengthOf(text: string): number {
  return [...text].length;
}
