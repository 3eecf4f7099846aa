import type { Talk } from "./talk.ts";

/** A text a week. */
export const reading: Talk = {
  kind: "group",
  name: "reading group",
  members: ["edsger", "owner", "alan", "katherine", "radia"],
  unread: {},
  text: `
@14 17:05
edsger: This week's text is eleven pages. Please read it with a pencil and not with a machine.
alan 4: Which one is it?
edsger 1: On the shelf in the kitchen, the blue folder. There is one copy, so you will have to talk to each other.
radia 3: That is the real exercise, is it not?
edsger 1: I deny it.
@11 17:30
katherine: Read it. The proof on page 6 uses something that is only said on page 8.
alan 9: I think it is allowed: page 8 does not need page 6.
katherine 2: Then why not in that order?
edsger 5: Because the author wanted to say the beautiful thing first. It is a weakness that I share.
radia 12: I had the folder on the train. The example with the three clerks is a spanning tree, only that nobody calls it one.
alan 2: Everything is a spanning tree to you.
radia 1: Everything connected is.
@9 17:10
edsger: Next week Alan chooses.
alan 15: Then something short: can a machine that answers letters be told from a person who does?
katherine 4: What may I ask it?
alan 1: Anything.
katherine 1: Then I ask it to multiply two numbers of eight digits.
alan 2: And if it takes its time and makes a small mistake?
katherine 3: Then it has met people.
@6 17:20
radia: I tried Alan's question on the gauge of pier 3. "How are you?" It answered null.
alan 1: An honest one.
edsger 7: I should like to note that this group has now discussed a frozen tube for longer than the text.
@2 17:15
katherine: My turn. The text is a table: tides in the Thames, 1834 to 1843, with the corrections of the person who did it by hand.
edsger 3: A table is not a text.
katherine 1: Read the corrections. There is a life in them.
edsger 58: You are right. I read until the lamp went out.
radia 6: {owner}, you are welcome here. There is nothing to prepare, only a folder to find.
`,
};
