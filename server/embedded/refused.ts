/** Why there is no start: one sentence for the operator that says what to do. */
export class StartRefused extends Error {
  override name = "StartRefused";
}

/** Whether the operating system said so, such as ENOSPC or EACCES. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && codes.includes((error as { code?: string }).code ?? "");
}
