import { type RefusalCode, refusals } from "#wire/codes.ts";

/** The refusals that a command can meet over HTTP too, and their status. They keep their code and their words. */
const statuses = {
  not_a_member: 403,
  may_not_write: 403,
  may_not_manage: 403,
  message_unknown: 404,
  not_a_group: 409,
  group_full: 409,
  id_taken: 409,
  channel_gone: 410,
  body_empty: 422,
  body_too_long: 422,
  body_invalid: 422,
  root_unknown: 422,
  status_invalid: 422,
  user_unknown: 422,
  slow_down: 429,
} as const satisfies Partial<Record<RefusalCode, number>>;

export type WireProblemCode = keyof typeof statuses;
export const wireProblemCodes = Object.keys(statuses) as WireProblemCode[];

type WireProblems = {
  readonly [Code in WireProblemCode]: {
    readonly status: (typeof statuses)[Code];
    readonly sentence: string;
    readonly remedy: string;
  };
};

export const wireProblems = Object.fromEntries(
  wireProblemCodes.map((code) => {
    const { sentence, remedy } = refusals[code];
    return [code, { status: statuses[code], sentence, remedy }];
  }),
) as unknown as WireProblems;
