/** What this browser remembers of a setting. A browser that keeps nothing (private, blocked) forgets it at a reload. */
export function recall(name: string): string | null {
  try {
    return localStorage.getItem(`parley.${name}`);
  } catch {
    return null;
  }
}

/** `null` forgets. */
export function remember(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`parley.${name}`);
    else localStorage.setItem(`parley.${name}`, value);
  } catch {
    // It holds until the next reload, which is all that such a browser offers.
  }
}
