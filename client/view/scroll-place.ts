/** Within this much of the end one reads along. */
const followPx = 80;

/** A row that was seen, and where its upper edge stood, measured from the list's. */
export interface Place {
  readonly key: string;
  readonly offset: number;
}

export function rowsIn(list: HTMLElement): HTMLElement[] {
  return Array.from(list.querySelectorAll<HTMLElement>("[data-key]"));
}

export function isNearEnd(list: HTMLElement): boolean {
  return list.scrollHeight - list.clientHeight - list.scrollTop <= followPx;
}

/** Index of the first for which it is true, where it is false before and true from there on. */
function firstWhere(rows: readonly HTMLElement[], isTrue: (row: HTMLElement) => boolean): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isTrue(rows[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The first row of which something is visible. */
export function placeOf(list: HTMLElement): Place | undefined {
  const top = list.getBoundingClientRect().top;
  const rows = rowsIn(list);
  const row = rows[firstWhere(rows, (each) => each.getBoundingClientRect().bottom > top)];
  return row && { key: row.dataset["key"]!, offset: row.getBoundingClientRect().top - top };
}

/** Puts that row back to where it stood; whatever came in front of it moves nothing. */
export function restorePlace(list: HTMLElement, { key, offset }: Place): void {
  const row = rowsIn(list).find((each) => each.dataset["key"] === key);
  if (!row) return;
  const now = row.getBoundingClientRect().top - list.getBoundingClientRect().top;
  if (now !== offset) list.scrollTop += now - offset;
}

/** The last row whose end is on the screen; of one that is higher than the screen, the middle is enough. */
export function lowestSeen(list: HTMLElement): HTMLElement | undefined {
  const { top, bottom, height } = list.getBoundingClientRect();
  const rows = rowsIn(list);
  const below = firstWhere(rows, (row) => {
    const edges = row.getBoundingClientRect();
    const needed = edges.height > height ? edges.top + edges.height / 2 : edges.bottom;
    return needed > bottom + 1;
  });
  const row = rows[below - 1];
  return row && row.getBoundingClientRect().bottom > top ? row : undefined;
}
