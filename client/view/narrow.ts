import { signal } from "@preact/signals";

const narrow = matchMedia("(max-width: 719.98px)");

/** One pane at a time, as `shell.css` has it: there the list is what the page is about. */
export const isNarrow = signal(narrow.matches);
narrow.addEventListener("change", () => (isNarrow.value = narrow.matches));
