import { defineConfig } from "@lingui/cli";
import { formatter } from "@lingui/format-po";

/** `bun --bun lingui extract --config client/locale/lingui.config.ts`, then `compile`: README.md says when. */
export default defineConfig({
  sourceLocale: "en",
  locales: ["en"],
  rootDir: "client",
  catalogs: [{ path: "<rootDir>/locale/{locale}/messages", include: ["<rootDir>/view"] }],
  compileNamespace: "ts",
  format: formatter({ origins: false }),
});
