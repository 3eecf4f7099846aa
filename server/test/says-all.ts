import type { Talk } from "./talk.ts";

/** Says each of them until it is acknowledged, over whatever socket there is; the same id is the same message. */
export async function saysAll(
  bodies: readonly string[],
  dial: () => Promise<Talk>,
): Promise<Map<string, number>> {
  const stored = new Map<string, number>();
  let socket: Talk | undefined;
  for (const body of bodies) {
    const drafts = [{ clientMessageId: crypto.randomUUID(), body, rootSeq: null }];
    while (!stored.has(body)) {
      try {
        socket ??= await dial();
        const { channel } = socket;
        const { fates } = await socket.gets("sent", { op: "send", channel, drafts });
        if (fates[0]!.code === null) stored.set(body, fates[0]!.seq);
      } catch {
        socket = undefined; // Its worker is gone: the next one is asked.
      }
    }
  }
  await socket?.leaves();
  return stored;
}
