import type { Command, CommandName, CommandOf } from "#wire/command.ts";
import type { UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import type { Answered, Dispatch, Handling } from "../session/receive.ts";
import type { Session } from "../session/session.ts";
import { readPage } from "../store/history.ts";
import { readWhyNot } from "../store/membership.ts";
import { withinBytes, sendCatchUp } from "./catch-up.ts";
import { subscribeDurable } from "./barrier.ts";
import { createDirectChannel } from "./create-direct.ts";
import { hello, sendSummaries } from "./hello.ts";
import { identityOf } from "./identity.ts";
import { comeBack, isReturning } from "./lag.ts";
import {
  addMembers,
  createGroup,
  deleteGroup,
  removeMember,
  renameGroup,
  setRole,
} from "./manage-group.ts";
import { markRead } from "./mark-read.ts";
import { members } from "./members.ts";
import { closeChannel, openChannel } from "./open-channel.ts";
import type { ChatParts } from "./parts.ts";
import { people } from "./people.ts";
import { setAway, setShown, setStatus } from "./profile.ts";
import { receipts } from "./receipts.ts";
import { renew } from "./renew.ts";
import { sendMessage } from "./send-message.ts";
import { typing } from "./typing.ts";

type Handler<Name extends CommandName> = (
  parts: ChatParts,
  session: Session,
  command: CommandOf<Name>,
) => Handling;

/** The policy of a command: who may give it, and who carries it out. */
interface Rule<Name extends CommandName> {
  /** `stranger`: only before `hello` was accepted. `user`: only after. What belongs to a channel checks membership itself, in its statement. */
  readonly by: "stranger" | "user";
  readonly handler: Handler<Name>;
}

type Simple<Name extends CommandName> = (
  parts: ChatParts,
  session: Session,
  command: CommandOf<Name>,
) => Answered | Promise<Answered>;

/** The next command waits until this one is answered: they change what the socket listens to. */
const inOrder =
  <Name extends CommandName>(simple: Simple<Name>): Handler<Name> =>
  (parts, session, command) => {
    const reply = Promise.resolve(simple(parts, session, command));
    return { reply, entered: reply };
  };

/** The next command does not wait: they only ask. */
const aside =
  <Name extends CommandName>(simple: Simple<Name>): Handler<Name> =>
  (parts, session, command) => ({ reply: simple(parts, session, command) });

/** For what needs to know only who asks, not on which socket. */
const asUser =
  <Name extends CommandName>(
    byUser: (
      parts: ChatParts,
      userId: UserId,
      command: CommandOf<Name>,
    ) => Answered | Promise<Answered>,
  ): Simple<Name> =>
  (parts, session, command) =>
    byUser(parts, identityOf(session).userId, command);

/** Adding a command to the protocol without adding it here does not compile. */
const rules: { readonly [Name in CommandName]: Rule<Name> } = {
  hello: { by: "stranger", handler: hello },
  renew: { by: "user", handler: inOrder(renew) },
  resume: { by: "user", handler: inOrder(resume) },
  summaries: { by: "user", handler: aside(summaries) },
  send: { by: "user", handler: sendMessage },
  open: { by: "user", handler: inOrder(openChannel) },
  close: { by: "user", handler: inOrder(closeChannel) },
  history: { by: "user", handler: aside(history) },
  read: { by: "user", handler: aside(markRead) },
  typing: { by: "user", handler: aside(typing) },
  people: { by: "user", handler: aside(people) },
  createDirect: { by: "user", handler: inOrder(asUser(createDirectChannel)) },
  createGroup: { by: "user", handler: inOrder(asUser(createGroup)) },
  renameGroup: { by: "user", handler: inOrder(asUser(renameGroup)) },
  addMembers: { by: "user", handler: inOrder(asUser(addMembers)) },
  removeMember: { by: "user", handler: inOrder(asUser(removeMember)) },
  setRole: { by: "user", handler: inOrder(asUser(setRole)) },
  deleteGroup: { by: "user", handler: inOrder(asUser(deleteGroup)) },
  members: { by: "user", handler: aside(members) },
  receipts: { by: "user", handler: aside(asUser(receipts)) },
  setStatus: { by: "user", handler: inOrder(asUser(setStatus)) },
  setShown: { by: "user", handler: inOrder(asUser(setShown)) },
  setAway: { by: "user", handler: aside(setAway) },
  ping: { by: "user", handler: aside((parts) => ({ op: "pong", now: parts.now() })) },
};

/** Carries out a command of a session, where its rule allows it. */
export function createDispatch(parts: ChatParts): Dispatch {
  return (session, command) => {
    const rule = rules[command.op] as Rule<CommandName>;
    const isUser = session.identity !== undefined;
    if (rule.by === "user" && !isUser) return { reply: { refused: "hello_first" } };
    if (rule.by === "stranger" && isUser) return { reply: { refused: "already_greeted" } };

    return (rule.handler as (parts: ChatParts, session: Session, command: Command) => Handling)(
      parts,
      session,
      command,
    );
  };
}

/** Sends what happened in these streams after the cursors. Channels of others are left out: the user's own stream says so. */
async function resume(
  parts: ChatParts,
  session: Session,
  command: CommandOf<"resume">,
): Promise<Answered> {
  if (isReturning(session)) return await comeBack(parts, session, command);

  const { epoch, streams } = command;
  // A subscription that is still under way comes first: what is read before it could leave a hole behind it.
  const followed = streams.filter(({ stream }) => session.followed.has(stream));
  await subscribeDurable(
    parts,
    session,
    followed.map(({ stream }) => stream),
  );
  await sendCatchUp(parts, session, streams, { sameEpoch: epoch === parts.epoch() });
  return { op: "done" };
}

const summariesMs = 1_000;

async function summaries(
  parts: ChatParts,
  session: Session,
  { channels }: CommandOf<"summaries">,
): Promise<Answered> {
  const now = parts.now();
  if (now - session.lastSummariesAtMs < summariesMs) return { refused: "slow_down" };

  session.lastSummariesAtMs = now;
  await sendSummaries(parts, session, channels);
  return { op: "done" };
}

async function history(
  parts: ChatParts,
  session: Session,
  { channel, before, limit }: CommandOf<"history">,
): Promise<Answered> {
  const rowsMax = Math.min(Math.max(limit, 1), limits.pageRowsMax);
  const { userId } = identityOf(session);
  const page = await readPage(parts.sql, userId, channel, before, rowsMax);
  if (!page) return { refused: await readWhyNot(parts.sql, channel, userId) };

  await session.writable();
  return { op: "page", asOf: page.asOf, ...withinBytes(page) };
}
