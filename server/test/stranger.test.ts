/**
 * The conversation at the end of PROTOCOL.md with the real server, by a client that knows nothing but that document: JSON, numbers, no
 * code of ours. Where this has to change, the document does too.
 */
import { afterAll, expect, test } from "bun:test";

import { people } from "./people.ts";
import { startServer } from "./start-server.ts";

type Value = string | number | boolean | null | Value[];
type Frame = [opcode: number, ...Value[]];

const server = await startServer();
afterAll(() => server[Symbol.asyncDispose]());

/** A socket that keeps what comes until it is looked for, so that nothing can be missed. */
class Stranger {
  readonly #socket: WebSocket;
  readonly #frames: Frame[] = [];
  #look = (): void => undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      const value = JSON.parse(String(data)) as Frame | Frame[];
      const bundle = Array.isArray(value[0]) ? (value as Frame[]) : [value as Frame];
      this.#frames.push(...bundle);
      this.#look();
    });
  }

  static async open(): Promise<Stranger> {
    const socket = new WebSocket(`${server.url.replace("http", "ws")}/ws`, "parley.v1.json");
    const stranger = new Stranger(socket);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener("open", () => resolve());
      socket.addEventListener("close", ({ code }) => reject(new Error(`closed by ${code}`)));
    });
    return stranger;
  }

  say(...frame: Frame): void {
    this.#socket.send(JSON.stringify(frame));
  }

  /** The first frame that begins like this; it is taken out, and what came before it stays. */
  async hears(...beginning: Frame): Promise<Frame> {
    for (;;) {
      const at = this.#frames.findIndex((frame) =>
        beginning.every((each, index) => frame[index] === each),
      );
      if (at >= 0) return this.#frames.splice(at, 1)[0]!;
      await new Promise<void>((resolve) => (this.#look = resolve));
    }
  }

  close(): void {
    this.#socket.close();
  }
}

const messageId = "019a7780-b400-7000-8000-000000000002";

test("E2: who has only read PROTOCOL.md can hold the conversation at its end", async () => {
  const ada = await server.signIn(people.ada);
  const grace = await server.signIn(people.grace);
  const direct: number = await server.direct(ada, grace);

  const socket = await Stranger.open();
  socket.say(1, 1, grace.token, "", [[grace.id, 0]]);
  const [, , version, epoch, user] = await socket.hears(66, 1);
  expect([version, user]).toEqual([4, grace.id]);

  expect(await socket.hears(129, grace.id)).toEqual([129, grace.id, 0, 0, false, []]);
  const [, , from, , rows] = await socket.hears(128, grace.id);
  expect(from).toBe(0);
  const membership = (rows as Value[][]).find(([kind, entity]) => kind === 4 && entity === direct);
  expect(membership?.[3]).toMatchObject([
    `dm-${ada.id}-${grace.id}`,
    "direct",
    null,
    "member",
    [ada.id, ada.name],
    expect.any(Number),
  ]);
  expect((await socket.hears(130, direct)).slice(3, 5)).toEqual([null, 0]);
  await socket.hears(131);

  socket.say(6, 2, direct, epoch!, 0);
  const [, , head, since, older] = await socket.hears(129, direct);
  expect([since, older]).toEqual([0, false]);
  await socket.hears(68, 2);

  socket.say(10, 3, direct, true);
  await socket.hears(65, 3);

  socket.say(5, 4, direct, [[messageId, "Hello, Ada 👋", null]]);
  const [, , fates] = await socket.hears(67, 4);
  const seq = (head as number) + 1;
  expect(fates).toEqual([[seq, expect.any(Number), null]]);
  const message = [
    1,
    seq,
    seq,
    [grace.id, expect.any(Number), messageId, false, null, null, false, "Hello, Ada 👋"],
  ];
  expect(await socket.hears(128, direct)).toEqual([128, direct, head!, seq, [message]]);

  // The same id again is the same message, and nothing new comes.
  socket.say(5, 5, direct, [[messageId, "Hello, Ada 👋", null]]);
  expect(await socket.hears(67, 5)).toEqual([67, 5, fates!]);

  socket.say(8, 6, direct, 0, 50);
  expect(await socket.hears(69, 6)).toEqual([69, 6, seq, 0, false, [message]]);

  socket.say(9, 7, [[direct, seq, seq, seq]]);
  await socket.hears(65, 7);
  const [, , , , pointers] = await socket.hears(128, grace.id);
  expect(pointers).toEqual([[5, direct, expect.any(Number), [seq, seq, seq]]]);

  socket.say(5, 8, 999_999, [[messageId, "Anybody?", null]]);
  expect(await socket.hears(67, 8)).toEqual([67, 8, [[0, 0, "not_a_member"]]]);
  socket.say(8, 9, 999_999, 0, 50);
  expect((await socket.hears(64, 9)).slice(0, 3)).toEqual([64, 9, "not_a_member"]);

  socket.say(11, 10, [ada.id], "", null);
  const [, , found] = await socket.hears(70, 10);
  expect(found).toEqual([[ada.id, ada.name, expect.any(String), false, null, false, null]]);

  socket.say(12, 11, ada.id);
  expect(await socket.hears(71, 11)).toEqual([71, 11, direct, `dm-${ada.id}-${grace.id}`]);

  socket.say(7, 12, 0);
  expect(await socket.hears(64, 12)).toEqual([
    64,
    12,
    "malformed",
    "close.channel must be channel id",
    0,
  ]);
  socket.say(13, 13);
  expect(await socket.hears(72, 13)).toEqual([72, 13, expect.any(Number)]);
  socket.close();
});
