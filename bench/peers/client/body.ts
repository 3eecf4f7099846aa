const chars = 100;
/** The bare loop writes a number of its own there. */
const spare = "0000";
const digits = 12;
const end = spare.length + digits;
const zero = 48;

/** What is said everywhere: the number that the load gave it, and as much text as makes 100 bytes. */
export function bodyOf(number: number): string {
  return `${spare}${`${number}`.padStart(digits, "0")}`.padEnd(chars, ".");
}

export function numberOf(body: string): number {
  return Number(body.slice(spare.length, end));
}

/** The same without making a text of it: a delivery has to cost the load little. */
export function numberIn(bytes: Uint8Array): number {
  let number = 0;
  for (let at = spare.length; at < end; at++) number = number * 10 + (bytes[at]! - zero);
  return number;
}
