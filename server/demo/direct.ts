import type { Talk } from "./talk.ts";

/** What people of the example write to the owner. Nothing is ever said in the owner's name. */
const graceToOwner: Talk = {
  kind: "direct",
  name: null,
  members: ["grace", "owner"],
  unread: { owner: 2 },
  text: `
@1 09:40
grace: Hello {owner}, I am Grace. I make the tools here, so if one of them annoys you, tell me rather than working around it.
grace 2: Your desk is the one by the window. The window opens, whatever the others say.
@now-64
grace: How is the first day going?
grace 1: If you write back, you see a tick when it is stored, two when it is on my device, and blue ones when I have read it. (For that somebody has to sign in as me.)
`,
};

const katherineToOwner: Talk = {
  kind: "direct",
  name: null,
  members: ["katherine", "owner"],
  unread: {},
  text: `
@1 11:15
katherine: Welcome, {owner}. The one document that is worth reading is https://example.org/notes/how-we-predict, and of it page 2.
katherine 1: Everything on page 3 has been improved since, and I have not got round to writing it down.
`,
};

const margaretToOwner: Talk = {
  kind: "direct",
  name: null,
  members: ["margaret", "owner"],
  unread: { owner: 1 },
  text: `
@1 16:55
margaret: Thank you for joining us on such a week. It is not always like this; sometimes it is raining as well.
@now-47
margaret: When the cake is eaten: shall we go through the list for 1.5 together? Tomorrow at ten would suit me.
`,
};

/** What they write to each other, seen by who signs in as one of them. */
const linusAndGrace: Talk = {
  kind: "direct",
  name: null,
  members: ["linus", "grace"],
  unread: {},
  text: `
@8 10:05
linus: Do you have a minute for something that only happens on Mondays?
grace 2: Always on Mondays, or only in the week in which you look?
linus 1: Three Mondays in a row. At 06:00 one reading is stored twice.
grace 4: What else happens on Mondays at six?
linus 11: The backup starts.
grace 1: And what does the backup lock?
linus 23: Nothing. But it makes the disk slow, the answer comes late, the gauge asks again.
grace 1: And the second one should have been recognised.
linus 2: It has a different number, because the gauge counts from its start and it restarts on Mondays. Because somebody wrote that into a crontab in spring.
grace 1: Somebody?
linus 1: A person who shall remain root.
grace 3: 🙂
@5 17:40
grace: Thank you for the review. The part about the names was right.
linus 2: I was ruder than I needed to be.
grace 1: A little. But the names are better.
@2 15:20
linus: The replay is now so fast that I have no time for coffee any more.
grace 1: You are welcome.
`,
};

const radiaAndEdsger: Talk = {
  kind: "direct",
  name: null,
  members: ["radia", "edsger"],
  unread: { edsger: 1 },
  text: `
@9 15:10
radia: May I put your sentence about the loop into the notes for the gauges?
edsger 3: You wrote the sentence. I only said that one was missing.
radia 1: Then I quote both of us.
@4 09:35
edsger: I have a question that is not urgent: how does a gauge know which of two paths is shorter?
radia 4: It does not. It knows which neighbour promised less, and believes it for a while.
edsger 2: And if both promise the same?
radia 1: Then the one with the smaller name wins.
edsger 1: So in the end somebody has to be called something.
radia 2: In the end that is most of networking.
@now-75
radia: The seagull on pier 17 is back. I have called it Edsger, since it looks at everything and is never satisfied.
`,
};

export const directTalks = [
  graceToOwner,
  katherineToOwner,
  margaretToOwner,
  linusAndGrace,
  radiaAndEdsger,
];
