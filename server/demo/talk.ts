import type { DemoName } from "./names.ts";

export type Speaker = DemoName | "owner";

/** A channel of the example as it is written down, from its members to the last word. */
export interface Talk {
  readonly kind: "group" | "direct";
  readonly name: string | null;
  /** The first one made it. */
  readonly members: readonly Speaker[];
  /** How many of the newest messages somebody has not read; who is not named has read all. */
  readonly unread: Partial<Record<Speaker, number>>;
  /**
   * `@9 14:05` begins a talk nine working days ago, `@now-88` one 88 minutes ago. `grace 3: …` was said three minutes after what stands
   * above, and `| …` goes on with it in a new line. `{owner}` is what the owner is called.
   */
  readonly text: string;
}

/** Something that was said. */
export interface Said {
  readonly by: DemoName;
  readonly atMs: number;
  readonly body: string;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** What was said in a talk, seen from this moment: in order, and nothing in the future. */
export function tell(text: string, nowMs: number, owner: string): Said[] {
  const said: Said[] = [];
  let atMs = Number.NaN;
  for (const line of text.trim().split("\n")) {
    const [, days, hours, minutes] = /^@(\d+) (\d+):(\d+)$/.exec(line) ?? [];
    const [, ago] = /^@now-(\d+)$/.exec(line) ?? [];
    const [, by, later, body] = /^(\w+)(?: (\d+))?: (.+)$/.exec(line) ?? [];
    if (days) {
      atMs = workingDayAt(nowMs, Number(days), Number(hours), Number(minutes));
    } else if (ago) {
      // Early in the morning that is still yesterday: after what was said then.
      atMs = Math.max(nowMs - Number(ago) * minuteMs, (said.at(-1)?.atMs ?? 0) + minuteMs);
    } else if (line.startsWith("| ")) {
      const before = said.pop()!;
      said.push({ ...before, body: `${before.body}\n${line.slice(2)}` });
    } else if (by && body) {
      atMs = Math.min(atMs + Number(later ?? 0) * minuteMs, nowMs);
      said.push({ by: by as DemoName, atMs, body: body.replaceAll("{owner}", owner) });
    } else throw new Error(`the example has a line that says nothing: ${line}`);
  }
  return said;
}

/** The time of day so many working days ago, where this server is. */
function workingDayAt(nowMs: number, days: number, hours: number, minutes: number): number {
  let dayAtMs = nowMs;
  for (let left = days; left > 0;) {
    dayAtMs -= dayMs;
    const weekday = new Date(dayAtMs).getDay();
    if (weekday !== 0 && weekday !== 6) left--;
  }
  return new Date(dayAtMs).setHours(hours, minutes, 0, 0);
}
