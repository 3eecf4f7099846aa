export interface Part {
  readonly text: string;
  readonly href?: string;
}

// Only what a browser may open without running anything. Marks that end a sentence do not belong to the address.
const address = /\bhttps?:\/\/[^\s<>"]+/giu;
const trailing = /[.,:;!?'’”)\]}]+$/u;

/** A closing bracket belongs to the address if it was opened in it: …/wiki/Relay_(electronic). */
function endOf(text: string): number {
  const end = text.length - (trailing.exec(text)?.[0].length ?? 0);
  let open = 0;
  for (const [at, character] of Array.from(text).entries()) {
    if (character === "(") open += 1;
    if (character === ")") open -= 1;
    if (at >= end && (open < 0 || character !== ")")) return at;
  }
  return text.length;
}

/** The text in its order, with the addresses in it told apart. Joined again it is what was written. */
export function partsOf(body: string): Part[] {
  const parts: Part[] = [];
  let done = 0;
  for (const match of body.matchAll(address)) {
    const text = match[0].slice(0, endOf(match[0]));
    if (!URL.canParse(text)) continue;
    if (match.index > done) parts.push({ text: body.slice(done, match.index) });
    parts.push({ text, href: new URL(text).href });
    done = match.index + text.length;
  }
  if (done < body.length) parts.push({ text: body.slice(done) });
  return parts;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const emoji = /^\p{RGI_Emoji}$/v;
const emojiMax = 3;
/** The longest emoji, a family or a flag of a region, has some 15 UTF-16 units. */
const emojiCharsMax = 15 * emojiMax;

/** One to three emoji and nothing else. */
export function isEmojiAlone(body: string): boolean {
  const text = body.replace(/\s/gu, "");
  if (text === "" || text.length > emojiCharsMax) return false;
  const all = Array.from(graphemes.segment(text), ({ segment }) => segment);
  return all.length <= emojiMax && all.every((each) => emoji.test(each));
}
