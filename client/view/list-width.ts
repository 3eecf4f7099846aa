import { recall, remember } from "./remembered.ts";

/** In pixels at the usual size of letters; `--list-min` and `--list-max` are the same. */
export const list = { min: 240, usual: 288, max: 400, step: 16 } as const;

export function clampListWidth(width: number): number {
  return Math.round(Math.min(list.max, Math.max(list.min, width)));
}

/** What was chosen in this browser. */
export function listWidth(): number {
  return clampListWidth(Number(recall("list-width")) || list.usual);
}

export function showListWidth(width: number): void {
  document.documentElement.style.setProperty("--list-chosen", `${width / 16}rem`);
}

export function chooseListWidth(wanted: number): void {
  remember("list-width", String(clampListWidth(wanted)));
}
