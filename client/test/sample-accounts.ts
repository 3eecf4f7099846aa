import type { Accounts, DemoPerson, Device, Invitation, Problem } from "../store/model.ts";
import type { Sample } from "./sample-model.ts";
import { day, samplePeople } from "./sample-people.ts";
import type { StateName } from "./sample-states.ts";

const used: Problem = { problem: "link_invalid", status: 410, detail: "Ask for a new one." };
const wrong: Problem = { problem: "wrong_credentials", status: 401, detail: "", field: "password" };
const away: Problem = { problem: "unavailable", status: 503, detail: "" };
const short: Problem = {
  problem: "password_too_short",
  status: 422,
  detail: "",
  field: "password",
};

function sampleInvitations(nowMs: number): Invitation[] {
  const until = (days: number) => new Date(nowMs + days * day).toISOString();
  return [
    { id: "one", usesMax: 1, uses: 0, expiresAt: until(7) },
    { id: "two", usesMax: 25, uses: 8, expiresAt: until(29) },
  ];
}

function sampleDevices(nowMs: number): Device[] {
  const at = (days: number) => new Date(nowMs - days * day).toISOString();
  const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
  const chrome =
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/145.0.0.0 Mobile Safari/537.36";
  return [
    {
      id: "this",
      isThis: true,
      lastUsedAt: at(0),
      createdAt: at(12),
      agent: firefox,
      address: "192.0.2.17",
    },
    {
      id: "phone",
      isThis: false,
      lastUsedAt: at(0.1),
      createdAt: at(40),
      agent: chrome,
      address: "2001:db8:85a3::8a2e:370:7334",
    },
    { id: "unknown", isThis: false, lastUsedAt: at(23), createdAt: at(60), agent: "", address: "" },
  ];
}

function sampleExample(nowMs: number): DemoPerson[] {
  return samplePeople(nowMs).filter(({ role }) => role !== "owner");
}

/** The account pages' answers: a password of fewer than ten characters is refused, everything else is taken. */
export function createSampleAccounts(state: StateName, sample: Sample, nowMs: number): Accounts {
  let example = state === "usual" || state === "example refused" ? sampleExample(nowMs) : [];
  let devices = sampleDevices(nowMs).filter(({ isThis }) => isThis || state !== "one device");
  let invitations = state === "nothing" ? [] : sampleInvitations(nowMs);
  const enter = async (password: string, refusal: Problem) => {
    sample.calls.push(["enter", password]);
    if (password.length < 10) return refusal;
    const me = { id: 2, name: "Ada Lovelace", email: "ada@parley.test", role: "owner" } as Extract<
      Awaited<ReturnType<Accounts["signIn"]>>,
      { email: string }
    >;
    sample.me.value = me;
    sample.link.value = { state: "open" };
    return me;
  };
  return {
    instance: async () => ({ name: "Parley", version: "0.1.0", setUp: state !== "not set up" }),
    setUp: ({ password }) => enter(password, short),
    signIn: ({ password }) => enter(password, wrong),
    lookAtInvitation: async () =>
      state === "link used" ? used : { invitedBy: "Ada Lovelace", instance: "Parley" },
    accept: ({ password }) => enter(password, short),
    resetPassword: ({ password }) => enter(password, short),
    async invite({ usesMax, expiresInHours }) {
      const made: Invitation = {
        id: `made-${invitations.length}`,
        link: "https://parley.example.org/invite#code=Qm9iV2FzSGVyZUFuZExlZnRBTm90ZUZvckFkYTE",
        usesMax,
        uses: 0,
        expiresAt: new Date(nowMs + expiresInHours * 3_600_000).toISOString(),
      };
      invitations = [made, ...invitations];
      return made;
    },
    invitations: async () => invitations,
    async revoke(id) {
      invitations = invitations.filter((each) => each.id !== id);
      return undefined;
    },
    devices: async () => (state === "devices failed" ? away : devices),
    async endDevice(id) {
      sample.calls.push(["endDevice", id]);
      if (state === "devices refused") return away;
      devices = devices.filter((device) => device.id !== id);
      return undefined;
    },
    async endOtherDevices() {
      sample.calls.push(["endOtherDevices"]);
      if (state === "devices refused") return away;
      devices = devices.filter(({ isThis }) => isThis);
      return undefined;
    },
    demo: async () => (state === "example failed" ? away : example),
    async loadDemo() {
      sample.calls.push(["loadDemo"]);
      if (state === "example refused") return away;
      example = sampleExample(nowMs);
      return example;
    },
    async removeDemo() {
      sample.calls.push(["removeDemo"]);
      if (state === "example refused") return away;
      example = [];
      return undefined;
    },
    demoLink: async () => ({
      link: "https://parley.example.org/enter#code=U3VwcG9zZVRoZVRhcGVXZXJlTm90RW5kbGVzcw",
      expiresAt: new Date(nowMs + 3_600_000).toISOString(),
    }),
    enterDemo: async () => (state === "link used" ? used : enter("a link is enough", used)),
  };
}
