import { statSync } from "node:fs";
import { StartRefused } from "./refused.ts";

/** The user as whom PostgreSQL runs. */
export interface Owner {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Whether that is another user than ours, because PostgreSQL refuses to run as root. */
  readonly isOther: boolean;
}

/** Ourselves; as root the first of `names` that this machine knows. Undefined when it knows none. */
export function findOwner(names: readonly string[]): Owner | undefined {
  const uid = process.getuid?.() ?? 0;
  if (uid !== 0) return { name: ownName(), uid, gid: process.getgid?.() ?? 0, isOther: false };

  for (const name of names) {
    const found = ask("-u", name);
    if (found !== undefined) {
      return { name, uid: Number(found), gid: Number(ask("-g", name)), isOther: true };
    }
  }
  return undefined;
}

/** Whoever owns what is there already; undefined where there is nothing, or it is root's. */
export function ownerOf(path: string): Owner | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.uid === 0) return undefined;

  const name = ask("-un", `${found.uid}`);
  const isOther = found.uid !== process.getuid?.();
  return name === undefined ? undefined : { name, uid: found.uid, gid: found.gid, isOther };
}

/** The name that the kernel's number of our user stands for; the environment's USER may say anything. */
export function ownName(): string {
  const name = ask("-un");
  if (name !== undefined) return name;
  throw new StartRefused(
    `PostgreSQL refuses to run as user ${process.getuid?.()}, who has no name: add it to /etc/passwd, or set DATABASE_URL.`,
  );
}

// Asks the program and not /etc/passwd: users may come from a directory service.
function ask(...args: readonly string[]): string | undefined {
  const { exitCode, stdout } = Bun.spawnSync(["id", ...args], { stderr: "ignore" });
  return exitCode === 0 ? stdout.toString().trim() : undefined;
}
