import { signal } from "@preact/signals";
import { recall, remember } from "./remembered.ts";

export type Theme = "system" | "light" | "dark";

const system = matchMedia("(prefers-color-scheme: dark)");

function recalled(): Theme {
  const theme = recall("theme");
  return theme === "light" || theme === "dark" ? theme : "system";
}

/** What was chosen; what is shown stands in `data-theme` of the document. */
export const theme = signal<Theme>(recalled());

function show(): void {
  const dark = theme.value === "dark" || (theme.value === "system" && system.matches);
  document.documentElement.dataset["theme"] = dark ? "dark" : "light";
}

/** Shows the chosen theme now and whenever the system changes its own. */
export function startTheme(): void {
  show();
  system.addEventListener("change", show);
}

export function chooseTheme(chosen: Theme): void {
  theme.value = chosen;
  remember("theme", chosen === "system" ? null : chosen);
  show();
}
