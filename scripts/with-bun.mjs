// Runs a script of ours by Bun on a machine that has only Node: `node scripts/with-bun.mjs [--dev] <script> …`.
// With `--dev`, everything in the lock file is installed first.
import { findBun, install, run } from "./bun.mjs";

const args = process.argv.slice(2);
const dev = args[0] === "--dev";
if (dev) args.shift();

try {
  const bun = findBun(() => console.log("Getting Bun …"));
  if (dev) install(bun, { production: false });
  run(bun, args);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
