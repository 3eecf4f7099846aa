/** What is stored of what somebody wrote: line ends of one kind, nothing blank around it. Both sides do it, so that nothing moves when a row comes home. */
export function sanitise(body: string): string {
  return body.replaceAll(/\r\n?/g, "\n").trim();
}

/** Everything below the space but tab and line feed, and DEL: the server refuses them, and nobody sees what to remove. */
// oxlint-disable-next-line no-control-regex -- Exactly these are meant.
const controlCharacters = /[\u0000-\u0008\u000b-\u001f\u007f]/;

const everyControlCharacter = new RegExp(controlCharacters, "g");

export function hasControlCharacters(body: string): boolean {
  return controlCharacters.test(body);
}

/** What a client makes of pasted text, before it is sent: well-formed, and without what would be refused. */
export function cleaned(body: string): string {
  // Line ends first: a carriage return is a control character too. Then blanks that stood around what was removed.
  return sanitise(sanitise(body.toWellFormed()).replaceAll(everyControlCharacter, ""));
}

/** Unicode code points, as `bodyCharsMax` counts them. */
export function charsOf(body: string): number {
  return Array.from(body).length;
}
