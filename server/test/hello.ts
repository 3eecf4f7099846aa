import type { CommandOf } from "#wire/command.ts";
import type { ReplyOf } from "#wire/event.ts";
import type { SignedIn } from "./start-server.ts";
import type { Talk } from "./talk.ts";

/** Says hello on a socket that was dialled, naming what is held; resolves to `welcome` when all has come. */
export async function hello(
  socket: Talk,
  me: Pick<SignedIn, "token">,
  { epoch = "", streams = [] }: Partial<Pick<CommandOf<"hello">, "epoch" | "streams">> = {},
): Promise<ReplyOf<"welcome">> {
  const welcome = await socket.gets("welcome", { op: "hello", token: me.token, epoch, streams });
  await socket.next("caughtUp");
  return welcome;
}
