/** Resolves after so many milliseconds. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Looks again and again until `find` finds something; undefined once the time is over. For what nobody announces:
 * another program's file, the end of a process that is not our child.
 */
export async function findWithin<T>(
  msMax: number,
  find: () => T | undefined | Promise<T | undefined>,
  everyMs = 20,
): Promise<T | undefined> {
  const deadline = performance.now() + msMax;
  for (;;) {
    const found = await find();
    if (found !== undefined || performance.now() >= deadline) return found;
    await pause(everyMs);
  }
}

/** The promise's value, or undefined when the time is over first. The promise itself goes on. */
export async function within<T>(msMax: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), msMax);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
