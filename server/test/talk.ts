import { decodeAnswers, encodeCommand } from "#wire/codec.ts";
import type { Command, CommandName, CommandOf } from "#wire/command.ts";
import type { Answer, Event, EventName, EventOf, Reply, ReplyName, ReplyOf } from "#wire/event.ts";
import type { ChannelId, Seq } from "#wire/ids.ts";
import type { MessageRow } from "#wire/row.ts";
import { subprotocols } from "#wire/version.ts";

import { joinGroup } from "./group.ts";
import type { Person } from "./people.ts";
import type { SignedIn, TestServer } from "./start-server.ts";

export type Question = { [Name in CommandName]: Omit<CommandOf<Name>, "ref"> }[CommandName];
/** A server, and who has an account there. */
export type Place = Pick<TestServer, "url" | "sql" | "signIn" | "direct">;
type Who = SignedIn | Pick<Person, "name" | "email">;

interface Waiter {
  readonly wants: (answer: Answer) => boolean;
  readonly settle: (answer: Answer) => void;
  readonly fail: (error: Error) => void;
}

/**
 * One socket of a test. It queues, so that it cannot miss what comes before it is asked for, and keeps everything that ever came, so
 * that a test can say "exactly once" and "in order".
 */
export class Talk implements AsyncDisposable {
  /** Everything that the server said, in order. */
  readonly answers: Answer[] = [];
  /** Why the socket ended; waits until it does. */
  readonly closed: Promise<{ code: number; reason: string }>;
  /** The channel that is talked in; 0 where none was named. */
  channel = 0 as ChannelId;
  /** Whose socket it is; set by `talk`. */
  me: SignedIn | undefined;
  readonly #socket: WebSocket;
  /** Events that no `next` has taken. */
  readonly #untaken: Event[] = [];
  readonly #waiters: Waiter[] = [];
  #ref = 0;
  #heard = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => {
      socket.addEventListener("close", ({ code, reason }) => {
        resolve({ code, reason });
        const error = new Error(`the socket was closed with ${code} ${reason}`);
        for (const { fail } of this.#waiters.splice(0)) fail(error);
      });
    });
    socket.addEventListener("message", ({ data }: MessageEvent<ArrayBuffer>) => {
      for (const answer of decodeAnswers(new Uint8Array(data))) this.#take(answer);
    });
  }

  /** Bytes as they are, for what no client would send. */
  sendBytes(bytes: Uint8Array): void {
    this.#socket.send(bytes as Uint8Array<ArrayBuffer>);
  }

  /** Sends a command and waits for its one reply, which may be a refusal. */
  command(question: Question): Promise<Reply> {
    const command: Command = { ...question, ref: ++this.#ref };
    const reply = this.#wait((answer) => "ref" in answer && answer.ref === command.ref);
    this.sendBytes(encodeCommand(command));
    return reply as Promise<Reply>;
  }

  /** The same where only one reply will do. */
  async gets<Name extends ReplyName>(name: Name, question: Question): Promise<ReplyOf<Name>> {
    const reply = await this.command(question);
    if (reply.op !== name) throw new Error(`expected ${name}, got ${JSON.stringify(reply)}`);
    return reply as ReplyOf<Name>;
  }

  /** Says it in the channel; resolves to its address once it is committed. */
  async says(body: string): Promise<Seq> {
    const { channel } = this;
    const drafts = [{ clientMessageId: crypto.randomUUID(), body, rootSeq: null }];
    const { fates } = await this.gets("sent", { op: "send", channel, drafts });
    const { seq, code } = fates[0]!;
    if (code) throw new Error(`"${body}" was refused: ${code}`);
    return seq;
  }

  /** The next `count` bodies of others in the channel, as they came: what came twice is here twice. */
  async hears(count: number): Promise<string[]> {
    const until = this.#heard + count;
    while (this.heard.length < until) await this.#wait(isInterval);
    this.#heard = until;
    return this.heard.slice(until - count, until).map(({ body }) => body!.body);
  }

  /** Every message of others that was ever announced in the channel, in order of arrival. */
  get heard(): MessageRow[] {
    return this.announced.filter(({ body }) => body!.authorId !== this.me?.id);
  }

  /** Every birth that was ever announced in the channel, one's own too. */
  get announced(): MessageRow[] {
    return this.answers.flatMap((answer) =>
      isInterval(answer) && answer.stream === this.channel
        ? answer.rows.filter(
            (row): row is MessageRow =>
              row.kind === "message" && row.body !== null && row.version === row.entity,
          )
        : [],
    );
  }

  /** The next event of this name that no earlier `next` has taken. */
  async next<Name extends EventName>(
    name: Name,
    accepts: (event: EventOf<Name>) => boolean = () => true,
  ): Promise<EventOf<Name>> {
    const wants = (answer: Answer): boolean =>
      answer.op === name && accepts(answer as EventOf<Name>);
    const at = this.#untaken.findIndex(wants);
    if (at >= 0) return this.#untaken.splice(at, 1)[0] as EventOf<Name>;

    const event = (await this.#wait(wants)) as EventOf<Name>;
    this.#untaken.splice(this.#untaken.indexOf(event as Event), 1);
    return event;
  }

  /** Leaves as a page does that is closed. */
  async leaves(): Promise<void> {
    this.#socket.close();
    await this.closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.leaves();
  }

  #take(answer: Answer): void {
    this.answers.push(answer);
    if (!("ref" in answer)) this.#untaken.push(answer);
    const settled = this.#waiters.filter(({ wants }) => wants(answer));
    for (const waiter of settled) {
      this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
      waiter.settle(answer);
    }
  }

  #wait(wants: (answer: Answer) => boolean): Promise<Answer> {
    if (this.#socket.readyState === WebSocket.CLOSED) {
      return Promise.reject(new Error("the socket is closed"));
    }
    return new Promise((settle, fail) => this.#waiters.push({ wants, settle, fail }));
  }
}

const isInterval = (answer: Answer): answer is EventOf<"interval"> => answer.op === "interval";

/** Opens a socket and says nothing. Rejects where the server does not take it. */
export async function dial({ url }: Pick<TestServer, "url">): Promise<Talk> {
  const socket = new WebSocket(`${url.replace(/^http/, "ws")}/ws`, subprotocols.binary);
  socket.binaryType = "arraybuffer";
  const dialled = new Talk(socket);
  const opened = new Promise<"opened">((resolve) => {
    socket.addEventListener("open", () => resolve("opened"));
  });
  const first = await Promise.race([opened, dialled.closed]);
  if (first !== "opened") throw new Error(`the server did not take the socket: ${first.code}`);
  return dialled;
}

/**
 * Somebody at the server, greeted and caught up: `await talk(server, people.ada, "lobby")`.
 *
 * `where` is opened: the text id of a group, joined and made where there is none, or another person, for the direct channel with them.
 * Who brings a token speaks with it; everybody else is signed in anew, as with another device.
 */
export async function talk(server: Place, who: Who, where?: string | Who): Promise<Talk> {
  const me = "token" in who ? who : await server.signIn(who);
  const channel = where === undefined ? undefined : await channelOf(server, me, where);
  const socket = await dial(server);
  socket.me = me;
  const streams = [{ stream: me.id, cursor: 0 }];
  const { epoch } = await socket.gets("welcome", {
    op: "hello",
    token: me.token,
    epoch: "",
    streams,
  });
  await socket.next("caughtUp");
  if (channel !== undefined) {
    socket.channel = channel;
    await socket.gets("opened", { op: "open", channel, epoch, cursor: 0 });
  }
  return socket;
}

async function channelOf(server: Place, me: SignedIn, where: string | Who): Promise<ChannelId> {
  if (typeof where === "string") return joinGroup(server.sql, where, me.id);
  return server.direct(me, "token" in where ? where : await server.signIn(where));
}
