import { limits } from "#wire/limits.ts";
import { expect, test } from "bun:test";
import { accountLimits, emailField, nameField, newPasswordField, passwordField } from "./rules.ts";

const { emailCharsMax, passwordCharsMin, passwordBytesMax } = accountLimits;
const { nameCharsMax } = limits;

/** An address of exactly this length, with labels of a host that are not too long themselves. */
const emailOf = (length: number): string => {
  const host = `${"a".repeat(60)}.${"b".repeat(60)}.${"c".repeat(60)}.org`;
  return `${"x".repeat(length - host.length - 1)}@${host}`;
};

test("a name has 1 to 80 characters, counted as people do", () => {
  expect(nameField.safeParse("").success).toBe(false);
  expect(nameField.safeParse("A").success).toBe(true);
  expect(nameField.safeParse("é".repeat(nameCharsMax)).success).toBe(true);
  expect(nameField.safeParse("🦉".repeat(nameCharsMax)).success).toBe(true);
  expect(nameField.safeParse("🦉".repeat(nameCharsMax + 1)).success).toBe(false);
});

test("a name is trimmed, and of spaces alone it is none", () => {
  expect(nameField.parse("  Ada Lovelace \n")).toBe("Ada Lovelace");
  expect(nameField.safeParse(" \t ").success).toBe(false);
});

test.each(["A\u0000da", "A\nda", "A\u0085da", "A\u2028da", "A\u202Eda", "A\u2066da", "A\uD800da"])(
  "a name does not hold what would disturb the line around it: %j",
  (name) => {
    expect(nameField.safeParse(name).success).toBe(false);
  },
);

test.each(["Ада", "李小龍", "مریم میرزاخانی", "نرگس\u200Cها", "Zoë O’Brien-Smith", "👩‍🚀"])(
  "a name may be of any language: %s",
  (name) => {
    expect(nameField.parse(name)).toBe(name);
  },
);

test("an email address is trimmed and lower-cased", () => {
  expect(emailField.parse(" Ada.Lovelace@Example.ORG ")).toBe("ada.lovelace@example.org");
});

test.each(["", "ada", "ada@", "@example.org", "ada@example", "a da@example.org", "a\u0000@b.org"])(
  "%j is not an email address",
  (email) => {
    expect(emailField.safeParse(email).success).toBe(false);
  },
);

test("an email address has at most 254 characters", () => {
  expect(emailOf(emailCharsMax)).toHaveLength(emailCharsMax);
  expect(emailField.safeParse(emailOf(emailCharsMax)).success).toBe(true);
  expect(emailField.safeParse(emailOf(emailCharsMax + 1)).success).toBe(false);
});

test("a new password has at least 10 characters and at most 1,024 bytes", () => {
  expect(newPasswordField.safeParse("x".repeat(passwordCharsMin)).success).toBe(true);
  expect(newPasswordField.safeParse("x".repeat(passwordCharsMin - 1)).success).toBe(false);
  expect(newPasswordField.safeParse("🦉".repeat(passwordCharsMin - 1)).success).toBe(false);
  expect(newPasswordField.safeParse("é".repeat(passwordBytesMax / 2)).success).toBe(true);
  expect(newPasswordField.safeParse(`${"é".repeat(passwordBytesMax / 2)}x`).success).toBe(false);
});

test("a password to compare may be short, and has the same end", () => {
  expect(passwordField.safeParse("x").success).toBe(true);
  expect(passwordField.safeParse("x".repeat(passwordBytesMax)).success).toBe(true);
  expect(passwordField.safeParse("x".repeat(passwordBytesMax + 1)).success).toBe(false);
});
