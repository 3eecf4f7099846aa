/** What is said in every run: its planned moment, and as much text as makes 100 bytes. */
const bodyChars = 100;
const digits = 16;

export function bodyPlannedAt(ms: number): string {
  return `${Math.round(ms * 1_000)}`.padStart(digits, "0").padEnd(bodyChars, ".");
}

export function plannedMsOf(body: string): number {
  return Number(body.slice(0, digits)) / 1_000;
}
