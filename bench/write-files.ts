import { join } from "node:path";

/** Writes each file, by its name, into a folder that is made where it is missing. Returns their paths. */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<string[]> {
  const paths: string[] = [];
  for (const [name, text] of Object.entries(files)) {
    paths.push(join(folder, name));
    await Bun.write(paths.at(-1)!, text);
  }
  return paths;
}
