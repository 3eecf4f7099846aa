const minuteMs = 60_000;

/** After how long a status takes itself back. */
export const clearAfter = ["never", "30min", "1h", "4h", "today", "week"] as const;
export type ClearAfter = (typeof clearAfter)[number];

/** Days begin where the reader is, and weeks on Monday; a day of 23 or 25 hours is one day. */
export function untilOf(after: ClearAfter, nowMs: number): number | null {
  switch (after) {
    case "never":
      return null;
    case "30min":
      return nowMs + 30 * minuteMs;
    case "1h":
      return nowMs + 60 * minuteMs;
    case "4h":
      return nowMs + 240 * minuteMs;
    case "today":
      return dayAfter(nowMs, 1);
    case "week":
      return dayAfter(nowMs, 7 - daysSinceMonday(nowMs));
  }
}

function daysSinceMonday(nowMs: number): number {
  return (new Date(nowMs).getDay() + 6) % 7;
}

function dayAfter(nowMs: number, days: number): number {
  const now = new Date(nowMs);
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days).getTime();
}
