import type { MemberRole } from "./row.ts";

/** What a member may do to a group; the one definition for the statements that do it and for the controls that offer it. Everybody may leave. */
export const groupRules = {
  /** Any member brings people in: a group is theirs. */
  mayAdd: (_own: MemberRole): boolean => true,
  mayRename: (own: MemberRole): boolean => own !== "member",
  /** A moderator removes members, an admin everybody. */
  mayRemove: (own: MemberRole, other: MemberRole): boolean =>
    own === "admin" || (own === "moderator" && other === "member"),
  maySetRole: (own: MemberRole): boolean => own === "admin",
  mayDelete: (own: MemberRole): boolean => own === "admin",
} as const;
