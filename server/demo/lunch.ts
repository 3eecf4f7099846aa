import type { Talk } from "./talk.ts";

/** What is not work. */
export const lunch: Talk = {
  kind: "group",
  name: "lunch",
  members: ["grace", "owner", "linus", "radia", "katherine", "margaret"],
  unread: { owner: 2 },
  text: `
@13 11:45
grace: Soup or sandwiches?
linus 1: Sandwiches.
radia 1: Soup.
katherine 2: Two to one for whichever the next person says.
margaret 3: Soup. I have the deciding vote and a cold.
@10 12:10
grace: All right, the moth: why did it sit in relay 70?
linus 1: Why.
grace 1: It was looking for a bug.
linus 2: I walked into that.
radia 1: You were connected to it.
@7 11:50
linus: I baked bread. It is in the kitchen. It is, let us say, load-bearing.
katherine 4: Weight 1,240 g, volume about 1.1 litres. It would sink.
linus 1: It would sink in the Dead Sea, thank you.
margaret 9: It is good, though. With a lot of butter.
@3 12:02
radia: The place at the corner has the dumplings again.
grace 1: How many do we order?
radia 1: They come in eights.
katherine 1: For five people with 9 each: six plates, three left over.
linus 2: There are never three left over.
@now-210
grace: Cake at four. I say it here as well.
linus 3: What kind?
grace 1: Round.
radia 52: {owner}, do you eat nuts? The cake would like to know.
katherine 4: It is 26 cm across. Eight people get 66 square centimetres each, with a small surplus for Margaret.
`,
};
