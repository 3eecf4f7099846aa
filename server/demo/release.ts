import type { Talk } from "./talk.ts";

/** One release from its list to the day after. */
export const release: Talk = {
  kind: "group",
  name: "release 1.4",
  members: ["margaret", "owner", "grace", "alan", "katherine", "edsger"],
  unread: { alan: 1 },
  text: `
@13 13:00
margaret: The list for 1.4. A line is a sentence about the product that will be true, not a thing to do:
| 1. A gauge that reports is in the table within a minute.
| 2. A prediction takes the newest readings into account.
| 3. A gauge that is wrong is not believed for more than an hour.
| 4. The table for a year can be printed.
| 5. Pulling any plug loses nothing.
alan 6: Line 2 is two sentences. It takes them into account, and it does not become worse by it.
margaret 1: Right. 2b: never worse than without.
katherine 4: And how do we know?
alan 3: We predict last year, once with and once without, and compare with what the sea did.
katherine 1: All of last year?
alan 1: All 365 days for 12 harbours. I have a machine for that.
@11 10:45
katherine: First comparison, Whitby, January: 6.1 cm off without readings, 3.4 cm with.
alan 2: And the worst day?
katherine 1: The 17th, a storm. 41 cm without, 19 cm with.
margaret 2: So it is better on the day when it matters.
edsger 8: Better in January in Whitby.
katherine 1: Yes. The other eleven are running.
@9 11:18
alan: All twelve: better in eleven, equal in one. Equal is Gibraltar, where there is hardly any tide.
katherine 3: I checked six of the twelve by hand. They agree to the last digit.
margaret 1: By hand?
katherine 1: With a pencil. It is faster than finding out why two programs disagree.
grace 2: Framing that one too.
@8 15:00
margaret: Lines 1, 2, 2b and 4 are true. 3 is half true, 5 is Linus's and is tested every night.
alan 5: 3: when do we believe a gauge again?
katherine 2: When it has agreed with the prediction for as long as it disagreed.
alan 3: So a gauge that was wrong for a day has to be right for a day. I like that. It has no number in it.
edsger 2: It has the number one in it, which is the best one.
@6 09:48
grace: Where do I put the sentence that explains to a harbour master why his gauge is not believed?
margaret 2: Next to the reading. "This gauge has differed from its neighbours since 10:20. The prediction does not use it."
grace 1: No colour?
margaret 1: A colour as well. But the sentence is what helps.
@4 14:11
katherine: The printed year: page 7 cuts off the last column with A4 and the large font.
grace 12: Fixed. It now breaks before the column and repeats the days.
katherine 3: It does. Printed, held against the light, in order.
@2 12:00
margaret: It is noon: only fixes from now on. Open are: export on Windows, and the word "datums" on page 2.
edsger 1: Data.
margaret 1: The word "data" on page 2.
alan 4: In tidal work it is really "datums". Sorry, Edsger.
edsger 6: I have looked it up. I withdraw the remark and keep the feeling.
@1 16:40
margaret: {owner}, tomorrow you could press the button. There is one, and it is not red.
grace 1: It is a command, and it is very anticlimactic:
| tides release 1.4
@now-150
margaret: Everything on the list is true. Pressing.
margaret 9: It is out. Thank you, all of you.
alan 2: 🎉
katherine 1: 🎉
edsger 4: I have found a spelling mistake in the notes, line 3.
margaret 1: Corrected. Now it is out.
`,
};
