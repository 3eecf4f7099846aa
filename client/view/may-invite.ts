import type { Me } from "../store/model.ts";

export function mayInvite(me: Me | undefined): boolean {
  return me?.role === "owner" || me?.role === "admin";
}
