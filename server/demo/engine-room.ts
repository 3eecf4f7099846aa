import type { Talk } from "./talk.ts";

/** The work itself: the server, the gauges and what went wrong in the night. */
export const engineRoom: Talk = {
  kind: "group",
  name: "engine-room",
  members: ["linus", "owner", "grace", "margaret", "radia", "edsger", "katherine"],
  unread: { owner: 6, katherine: 4 },
  text: `
@14 09:40
linus: First thing: the server reads 40 gauges every 30 s, that is nothing. What I worry about is all of them coming back after a break.
radia 3: They wait. After a break each one picks a moment within 30 s, then within 60 s.
linus 2: Who makes sure that the clock of a gauge is right?
radia 1: Nobody. They send how many seconds ago they measured, never when.
edsger 2: Good. A clock that is not read cannot be wrong.
@13 11:12
grace: I wrote a small tool that replays a day of readings in a minute:
| tides replay --day 2 --speed 1440
grace 1: It prints what the server answered, so two runs can be compared.
linus 4: It found something already. The second run differs from the first in one line.
grace 1: I know. That is why I wrote it.
linus 3: Two readings in the same millisecond, stored in either order. My fault; they have numbers now.
edsger 6: Does the number come from the gauge or from us?
linus 1: From us, at the moment we store it. The gauge's own number is kept beside it.
edsger 2: Then the order is a fact and not an opinion. I have no further remarks on this file.
linus 1: Somebody take a picture of that sentence.
@12 10:20
margaret: Test of this night: pulled the power of the database while readings came in, forty times.
margaret 1: Nothing was lost. Twice something was answered with "I don't know", and was then there.
linus 2: "I don't know" is the honest answer at that moment.
margaret 1: Yes. I only want the gauges to treat it like that. Radia?
radia 4: They send it again with the same number, and the server notices that it has it. So it is there once.
margaret 2: Then this line of the list is true. Next.
@12 15:48
radia: Question about the cable on pier 3. It drops one packet in fifty when the ferry leaves.
linus 3: Only then?
radia 1: Only then. The ferry's radio is four metres from the cable.
katherine 5: One in fifty is 2.0 %. The predictor needs one reading in ten minutes. You could lose nineteen of twenty.
radia 2: I know. I still want to move the cable.
margaret 1: Move the cable.
@11 13:30
grace: The compiler now says where the mistake is and not only that there is one.
edsger 3: It said that my mistake is in line 1 of an empty file.
grace 1: Was the file supposed to be empty?
edsger 2: No.
grace 1: Then I stand by it.
@10 09:55
linus: Memory of the server over the weekend: flat. 61 MB on Friday, 61 MB today.
margaret 2: Under how much load?
linus 1: The replay, ten days per minute, all weekend.
margaret 1: Then please write the command next to the number, so that I can repeat it in spring.
linus 4: Done:
| tides replay --days 14400 --speed 14400
| ps -o rss= -p $(pgrep tides-server)
@9 14:05
edsger: I read the retry loop. It is correct, but it took me an hour to see it, and the next reader may have only half of one.
radia 3: What would help?
edsger 2: Say what is true at the top of the loop. Then the rest follows.
radia 25: "Everything before \`sent\` was answered. Nothing after it was tried." Like this?
edsger 1: Exactly like this. Now the body is only four lines.
radia 2: It was eleven.
@8 11:40
grace: Somebody's laptop has been replaying last Tuesday since last Tuesday.
linus 1: Mine. It is a very thorough Tuesday.
@7 02:14
radia: Pier 3 is silent since 01:50. Looking.
radia 9: Not the cable. The gauge answers, the reading is null.
radia 14: It is frozen. Literally: the tube is full of ice.
linus 380: I read this with my coffee. Did you go out there at two in the night?
radia 1: I sent it a command to switch its lamp on. The lamp is warm enough.
grace 1: That is the best fix I have ever seen.
margaret 3: Does the server say "no reading" or "0 cm" while that happens?
linus 2: It said 0 cm. That is wrong, and I have changed it: no reading is not a number.
katherine 2: Thank you. I was about to predict the end of the sea.
@6 10:10
margaret: Third night of the power test: 120 cuts, no loss. I am closing the line.
linus 1: 🙂
edsger 4: Testing shows that there are errors, never that there are none.
margaret 1: I know. That is why it runs every night from now on.
@5 16:22
linus: @Grace the replay needs 4 s to start. Nearly all of it is reading the catalogue of harbours.
grace 2: It reads all 3,112 of them to find one.
grace 40: Now it reads one. 90 ms.
linus 1: Thank you!
@4 12:00
linus: For tonight's move I need somebody who looks at the graph while I look at the terminal.
radia 1: I do.
grace 1: Me too, from home.
@4 22:00
linus: Going.
radia 1: All forty have gone away. Eleven are back.
radia 1: Forty.
linus 1: It is done. 40 seconds, of which 30 were the gauges being polite.
grace 1: No gap in the data. Good night!
@3 09:20
margaret: How much did the gauges keep while the server was away?
radia 2: Each of them two readings. They keep 2,880, a whole day.
margaret 1: And then?
radia 1: Then the oldest goes, and it says so: the next reading carries how many are missing.
edsger 3: A gap that knows its own size. I approve.
@2 11:34
katherine: The column \`height\` is in centimetres everywhere but in the export, where it is in feet.
grace 2: Who asked for feet?
katherine 1: A harbour in 1962, I think. I have kept the feet and put the unit into the header.
linus 3: Reviewed and in.
@1 10:02
grace: {owner}, this is where things break first. You can follow along, nobody has to answer at night.
linus 2: The three commands that one needs are at https://example.org/notes/commands
edsger 5: And a fourth one, which is to read.
@now-171
margaret: Last check before 1.4: everything on the list is true, but for the line about the export on Windows.
grace 4: Line endings. Fixed, with a test that fails without it.
edsger 11: Read. In.
margaret 2: Then the list is true. Releasing.
@now-88
linus: First hour of 1.4: 4,800 readings, p99 3 ms, nothing in the log.
radia 2: The seagull is still there. Pier 17 reads 40 cm too high, and moves.
katherine 6: The predictor stopped believing pier 17 after an hour, as Alan said that it would.
margaret 3: @Radia is there a command against seagulls?
radia 1: The lamp. It worked on the ice.
linus 9: {owner}, when you have a minute: could you look at who may sign in on the new machine? The list is from my old one.
`,
};
