/** The settings as the README and `.env.example` list them. */
import { settings } from "./config.ts";

/** The table of the README. */
export function configTable(): string {
  const rows = Object.values(settings).map(({ name, type, fallback, fallbackSays, says }) => {
    const shown = fallbackSays ?? `\`${fallback}\``;
    return `| \`${name}\` | ${type} | ${shown} | ${says} |`;
  });
  return ["| Setting | Type | Default | What it does |", "|---|---|---|---|", ...rows].join("\n");
}

/** The text of `.env.example`: every setting, commented out. */
export function envExample(): string {
  const head = [
    "# No setting is required. Every setting X can also be given as X_FILE, the path of a file that holds it.",
    "# Bun reads this file when it is named .env; see the README for the same as a table.",
  ];
  const entries = Object.values(settings).map(
    ({ name, fallback, fallbackSays, says }) =>
      `\n# ${says.replaceAll("`", "")}${fallbackSays ? ` Default: ${fallbackSays.replaceAll("`", "")}.` : ""}\n` +
      `#${name}=${fallback ?? ""}`,
  );
  return `${[...head, ...entries].join("\n")}\n`;
}
