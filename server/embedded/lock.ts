import { Database } from "bun:sqlite";
import { join } from "node:path";

// Never closed, and never collected.
const held: Database[] = [];

/**
 * Takes the data directory for this process, or returns false when another one has it. The kernel holds the lock (through
 * SQLite, the one portable way to it that Bun brings), so it can't outlive its holder: no stale lock after a crash.
 */
export function holdDirectory(dataDir: string): boolean {
  const lock = new Database(join(dataDir, "lock"), { create: true });
  try {
    lock.exec("pragma journal_mode = off; pragma locking_mode = exclusive; begin exclusive");
    held.push(lock);
    return true;
  } catch (error) {
    lock.close();
    if ((error as { code?: string }).code === "SQLITE_BUSY") return false;
    throw error;
  }
}
