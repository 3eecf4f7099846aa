import type { ChannelId, UserId } from "#wire/ids.ts";
import { people } from "../../server/test/people.ts";
import type { MemberLine, PersonLine } from "../store/model.ts";

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

type Name = keyof typeof people;
const names = Object.keys(people) as Name[];

export const idOf = (name: Name) => (names.indexOf(name) + 2) as UserId;
export const channelOf = (name: Name) => (idOf(name) + 100) as ChannelId;
export const nameOf = (name: Name) => people[name].name;

const here: readonly Name[] = ["ada", "grace", "linus", "katherine"];

/** Everybody who has an account, as the list of people shows them. */
export function samplePeople(nowMs: number): PersonLine[] {
  return names.map((name, at) => ({
    id: idOf(name),
    name: nameOf(name),
    role: name === "ada" ? "owner" : name === "margaret" ? "admin" : "member",
    online: here.includes(name),
    lastSeenAt: here.includes(name) || name === "edsger" ? null : nowMs - at * 5 * hour,
  }));
}

/** Who is in the group of the samples. */
export function sampleMembers(nowMs: number): MemberLine[] {
  const roles: Partial<Record<Name, MemberLine["role"]>> = {
    ada: "admin",
    grace: "moderator",
    katherine: "member",
    linus: "member",
    radia: "member",
  };
  return samplePeople(nowMs).flatMap((person) => {
    const role = roles[names[person.id - 2]!];
    return role ? { ...person, role } : [];
  });
}
