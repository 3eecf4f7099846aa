import type { ChannelId, UserId } from "#wire/ids.ts";
import { people } from "../../server/test/people.ts";
import type { Status } from "#wire/row.ts";
import type { MemberLine, PersonLine, Presence } from "../store/model.ts";

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

type Name = keyof typeof people;
const names = Object.keys(people) as Name[];

export const idOf = (name: Name) => (names.indexOf(name) + 2) as UserId;
export const channelOf = (name: Name) => (idOf(name) + 100) as ChannelId;
export const nameOf = (name: Name) => people[name].name;

const here: readonly Name[] = ["ada", "grace", "linus", "katherine"];

const statuses: Partial<Record<Name, string>> = {
  grace: "At the compiler until one",
  linus: "Reading patches. All of them, slowly, with a cup of coffee that has gone cold",
  margaret: "On the simulator this week",
};

export function presenceOf(name: Name, nowMs: number): Presence {
  const online = here.includes(name);
  const lastSeenAt = online || name === "edsger" ? null : nowMs - names.indexOf(name) * 5 * hour;
  return { online, lastSeenAt, away: name === "katherine" };
}

export function sampleStatus(id: UserId): Status | null {
  const text = statuses[names[id - 2]!];
  return text === undefined ? null : { text, until: null };
}

/** Everybody who has an account, as the list of people shows them. */
export function samplePeople(nowMs: number): PersonLine[] {
  return names.map((name) => ({
    id: idOf(name),
    name: nameOf(name),
    role: name === "ada" ? "owner" : name === "margaret" ? "admin" : "member",
    ...presenceOf(name, nowMs),
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
