// Built into a small file of its own that blocks the first paint, so that a dark page never flashes white.
// It repeats `theme.ts` in three lines, because that one needs signals.
function chosenTheme(): string | null {
  try {
    return localStorage.getItem("parley.theme");
  } catch {
    return null;
  }
}
document.documentElement.dataset["theme"] =
  chosenTheme() ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
