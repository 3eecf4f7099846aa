import { z } from "@hono/zod-openapi";
import {
  accountLimits,
  codeField,
  emailField,
  nameField,
  newPasswordField,
  passwordField,
} from "../auth/rules.ts";
import { Problem } from "./problem.ts";

export const User = z
  .object({
    id: z.number(),
    name: z.string(),
    email: z.string().nullable(),
    role: z.enum(["owner", "admin", "member", "guest"]),
  })
  .openapi("User");

/** Somebody is in: the answer to setting up, signing in, refreshing, accepting and resetting. */
export const Signed = z
  .object({ accessToken: z.string(), expiresAt: z.iso.datetime(), user: User })
  .openapi("Signed");

export const Instance = z
  .object({ name: z.string(), version: z.string(), setUp: z.boolean() })
  .openapi("Instance");

const accountFields = { name: nameField, email: emailField, password: newPasswordField };

export const CodedAccountForm = z.object({ code: codeField, ...accountFields });
export const SignInForm = z.object({ email: emailField, password: passwordField });
export const ResetForm = z.object({ code: codeField, password: newPasswordField });
export const CodeForm = z.object({ code: codeField });

export const InvitationForm = z.object({
  usesMax: z.int().min(1).max(accountLimits.usesMax),
  expiresInHours: z.int().min(1).max(accountLimits.expiresInHoursMax),
});

const invitationFields = {
  id: z.number(),
  usesMax: z.number(),
  uses: z.number(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
};

/** Its link is known only to the answer that made it. */
export const MadeInvitation = z
  .object({ ...invitationFields, link: z.string() })
  .openapi("MadeInvitation");

export const Invitations = z
  .object({
    invitations: z.array(z.object({ ...invitationFields, createdBy: z.string() })),
  })
  .openapi("Invitations");

export const InvitationLook = z
  .object({ invitedBy: z.string(), instance: z.string() })
  .openapi("InvitationLook");

/** The people of the example; nobody where it is not loaded. */
export const Demo = z
  .object({ people: z.array(z.object({ id: z.number(), name: z.string() })) })
  .openapi("Demo");

/** Its link is known only to the answer that made it. */
export const DemoLink = z
  .object({ link: z.string(), expiresAt: z.iso.datetime() })
  .openapi("DemoLink");

/** Where somebody is signed in. */
export const Sessions = z
  .object({
    sessions: z.array(
      z.object({
        id: z.uuid(),
        isThis: z.boolean(),
        createdAt: z.iso.datetime(),
        lastUsedAt: z.iso.datetime(),
        agent: z.string(),
        address: z.string(),
      }),
    ),
  })
  .openapi("Sessions");

export const SessionParam = z.object({ session: z.uuid() });

export const IdParam = z.object({
  id: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
});

/** Who calls says who it is by `Authorization: Bearer …`. */
export const bearer = [{ accessToken: [] }];

/** A body of JSON, required. */
export function body<Schema extends z.ZodType>(schema: Schema) {
  return { body: { required: true as const, content: { "application/json": { schema } } } };
}

/** An answer of JSON. */
export function answer<Schema extends z.ZodType>(description: string, schema: Schema) {
  return { description, content: { "application/json": { schema } } };
}

/** Every other answer. */
export const otherwise = {
  default: {
    description: "A problem",
    content: { "application/problem+json": { schema: Problem } },
  },
};
