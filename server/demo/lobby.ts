import type { Talk } from "./talk.ts";

/** Everybody: news, questions, and the small things of a day. */
export const lobby: Talk = {
  kind: "group",
  name: "lobby",
  members: ["margaret", "owner", "grace", "linus", "alan", "katherine", "radia", "edsger"],
  unread: { owner: 3, edsger: 2 },
  text: `
@14 09:04
margaret: Good morning everybody. This is the lobby: anything that concerns all of us, and nothing that concerns only two.
grace 3: Good morning! So the joke about the moth goes here?
margaret 1: The joke about the moth goes to lunch.
linus 2: Fewer channels, please. I can read four.
margaret 1: There are five. Be brave.
katherine 6: Morning. The harbour office in Whitby wrote: they want the tide table for the whole of next year, on paper.
alan 2: On paper?
katherine 1: With a hole in the corner, to hang it on a nail.
radia 3: I like them already.
@13 10:15
margaret: The plan for these three weeks: gauges report by themselves, the predictor takes their readings, and 1.4 is out on Thursday of the third week.
margaret 1: Who owns what: Radia the gauges, Alan and Katherine the predictor, Linus the server, Grace the tools, Edsger reads everything before it goes in.
edsger 4: Everything that is short enough to be read.
grace 1: That was kind.
edsger 1: It was precise.
@12 14:30
radia: The first gauge is on the pier and talks to us. It has said the same number for an hour, but it says it reliably.
linus 2: How often does it report?
radia 1: Every 30 s, and it waits a random 5 s before it tries again. Forty of them at once would otherwise always come at once.
linus 2: Thank you. That is the nicest sentence of the week.
katherine 8: It says the same number because the tide is turning. Give it ten minutes.
radia 12: It turned!
katherine 1: It does that.
@11 09:22
alan: I am away on Thursday afternoon, running. Back at five with or without my knees.
margaret 2: Noted. How far?
alan 1: 42 km, but slowly.
@10 11:05
grace: Visitors on Wednesday at 14:00: six people from the harbour in Leith. They would like to see a prediction next to a real reading.
alan 3: I can show the last 28 days for their own harbour, if Radia's archive has it.
radia 2: It has 31 days. Two hours are missing on the 4th, somebody moored a boat to the cable.
margaret 1: Show the gap too. People trust a curve more that admits where it does not know.
@9 16:40
edsger: A request. A name like data2 tells me that there was a data, and nothing else.
linus 3: It was mine. I will rename it.
edsger 1: To what?
linus 1: readings. There.
edsger 1: Thank you. I could now delete half of my comment.
@8 09:10
margaret: The visitors from Leith were happy, and asked three good questions. I put them into the notes: https://example.org/notes/leith
katherine 5: The second one is the right one: what happens to a prediction when the gauge itself is wrong?
alan 2: We believe the gauge for an hour, and then we stop believing it. I will write down why it is an hour.
@6 13:02
grace: Does anybody else have no network on the second floor?
radia 1: Yes. I am standing next to the reason. Five minutes.
radia 6: There was a loop. Somebody plugged both ends of one cable into the same wall.
linus 1: You invented something against exactly that.
radia 1: I did, and somebody switched it off "because it was slow to come up". It is on again.
@5 10:31
katherine: The table for Whitby is printed: 365 days, checked by hand against last year on 24 of them. Largest difference 4 cm.
margaret 2: That is wonderful. Does it have the hole in the corner?
katherine 1: It has the hole in the corner.
@4 15:15
linus: The server moves to the new machine tonight at 22:00. It should take a minute; nobody has to do anything.
margaret 1: And if it takes longer than a minute?
linus 1: Then it goes back to the old one, which stays up until Friday.
@3 08:58
linus: It took 40 seconds. Good morning.
grace 2: I was connected the whole time and saw nothing.
linus 1: That was the idea.
@2 17:20
margaret: Reminder: from tomorrow noon on only fixes go into 1.4.
edsger 2: And what is a fix?
margaret 1: Whatever makes a sentence in the list true that was false. Nothing else.
edsger 1: I could not have said it shorter.
@1 09:31
grace: {owner} is here from today and has the keys to everything. Welcome!
margaret 1: Welcome, {owner}. Ask us anything; the answers are mostly "it depends on the tide".
radia 2: Welcome! If something is slow, it is the cable. It is always the cable.
alan 4: Welcome, {owner}!
@now-126
margaret: 1.4 is out as of ten minutes ago. Notes: https://example.org/notes/1-4
katherine 3: The first prediction from Leith with live readings is 2 cm off. I have framed it.
linus 2: 🎉
radia 31: All forty gauges report. One of them is being sat on by a seagull, which we can see in the data.
grace 2: Cake at four in the kitchen, for everybody who fixed a bug and everybody who made one.
`,
};
