import { i18n } from "../locale/i18n.ts";

const formats = new Map<string, Intl.DateTimeFormat>();

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${i18n.region} ${JSON.stringify(options)}`;
  const known = formats.get(key) ?? new Intl.DateTimeFormat(i18n.region, options);
  formats.set(key, known);
  return known;
}

/** Calendar days between two moments, where the reader is; a day of 23 or 25 hours is one day. */
function daysBetween(earlierMs: number, laterMs: number): number {
  const [earlier, later] = [new Date(earlierMs), new Date(laterMs)];
  const noon = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return (noon(later) - noon(earlier)) / 86_400_000;
}

export function isSameDay(oneMs: number, otherMs: number): boolean {
  return daysBetween(oneMs, otherMs) === 0;
}

/** 10:42 */
function clockTime(atMs: number): string {
  return format({ hour: "2-digit", minute: "2-digit" }).format(atMs);
}

/** 10:42 also where the region says AM and PM: the gutter beside a message is narrow, and its tooltip has the rest. */
export function gutterTime(atMs: number): string {
  return format({ hour: "2-digit", minute: "2-digit" })
    .formatToParts(atMs)
    .filter(({ type }) => type !== "dayPeriod")
    .map(({ value }) => value)
    .join("")
    .trim();
}

/** 12 Nov, with the year where it is another one. */
function shortDate(atMs: number, nowMs: number): string {
  const sameYear = new Date(atMs).getFullYear() === new Date(nowMs).getFullYear();
  return format({
    day: "numeric",
    month: "short",
    ...(sameYear ? {} : { year: "numeric" }),
  }).format(atMs);
}

/** In a narrow place: 10:42 · Yesterday · 12 Nov */
export function briefTime(atMs: number, nowMs = Date.now()): string {
  const days = daysBetween(atMs, nowMs);
  if (days <= 0) return clockTime(atMs);
  return days === 1 ? i18n.t("Yesterday") : shortDate(atMs, nowMs);
}

/** 10:42 · Yesterday 10:42 · 12 Nov */
export function messageTime(atMs: number, nowMs = Date.now()): string {
  const days = daysBetween(atMs, nowMs);
  if (days <= 0) return clockTime(atMs);
  return days === 1
    ? i18n.t("Yesterday {time}", { time: clockTime(atMs) })
    : shortDate(atMs, nowMs);
}

/** The line between two days: Today · Yesterday · Friday 12 November */
export function dayName(atMs: number, nowMs = Date.now()): string {
  const days = daysBetween(atMs, nowMs);
  if (days <= 0) return i18n.t("Today");
  if (days === 1) return i18n.t("Yesterday");
  const sameYear = new Date(atMs).getFullYear() === new Date(nowMs).getFullYear();
  return format({
    weekday: "long",
    day: "numeric",
    month: "long",
    ...(sameYear ? {} : { year: "numeric" }),
  }).format(atMs);
}

/** For tooltips: nothing left out. */
export function fullTime(atMs: number): string {
  return format({ dateStyle: "full", timeStyle: "medium" }).format(atMs);
}

/** When something ends: 19 Nov, 10:42 */
export function expiryTime(atMs: number): string {
  return format({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }).format(
    atMs,
  );
}
