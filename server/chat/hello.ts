import type { CommandOf } from "#wire/command.ts";
import { closes, type Refusal } from "#wire/codes.ts";
import type { EventOf } from "#wire/event.ts";
import type { ChannelId, Seq, StreamId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import { protocolVersion } from "#wire/version.ts";
import type { Answered, Handling } from "../session/receive.ts";
import type { Session } from "../session/session.ts";
import type { Summary } from "../store/summary.ts";
import { subscribeDurable } from "./barrier.ts";
import { sendCatchUp } from "./catch-up.ts";
import { identityOf } from "./identity.ts";
import type { ChatParts } from "./parts.ts";
import { watchPeople } from "./people.ts";
import { appear } from "./profile.ts";

/** Says who it is and what it holds: the socket is greeted, subscribed through the barrier, and told all that it misses, in one question. */
export function hello(parts: ChatParts, session: Session, command: CommandOf<"hello">): Handling {
  const greeted = greet(parts, session, command);
  return {
    reply: greeted,
    then: async () => {
      if ("refused" in (await greeted)) return;
      const { userId } = identityOf(session);
      const isNamed = command.streams.some(({ stream }) => stream === userId);
      const own = isNamed ? [] : [{ stream: userId, cursor: 0 }];
      await catchUpAll(parts, session, { ...command, streams: [...own, ...command.streams] });
    },
  };
}

async function greet(
  parts: ChatParts,
  session: Session,
  { token }: CommandOf<"hello">,
): Promise<Answered> {
  const verified = await parts.enter(token);
  if ("refused" in verified) return turnedAway(session, verified);
  // Nobody would take back what is given to a socket that went while the token was read; the answer goes nowhere.
  if (session.isClosed) return { refused: "hello_first" };
  const { userId, name, sessionId, expiresAtMs } = verified;
  if (parts.sessions.ofUser(userId).length >= limits.socketsPerUserMax) {
    return turnedAway(session, { refused: "slow_down", retryAfterMs: fullMs });
  }
  session.identity = { userId, name, sessionId };
  session.tokenExpiresAtMs = expiresAtMs;
  parts.sessions.greeted(session);
  return {
    op: "welcome",
    version: protocolVersion,
    epoch: parts.epoch(),
    user: userId,
    now: parts.now(),
    server: parts.version,
    heartbeatSeconds: limits.heartbeatSeconds,
    idleSecondsMax: limits.idleSecondsMax,
    inFlightMax: limits.inFlightMax,
    frameBytesMax: limits.frameBytesMax,
    bodyCharsMax: limits.bodyCharsMax,
  };
}

/** One of their sockets that is dead and does not know it yet is gone by then. */
const fullMs = limits.idleSecondsMax * 1_000;

/** Refuses, and closes the socket when the refusal has left. */
function turnedAway(session: Session, refusal: Refusal): Refusal {
  // What nobody can say now is no reason to sign anybody out.
  const otherwise = refusal.refused === "unavailable" ? "restart" : "token_invalid";
  const name = refusal.refused in closes ? refusal.refused : otherwise;
  setImmediate(() => session.close(name as keyof typeof closes));
  return refusal;
}

/** Brings a socket that listens to nothing up to date: subscribes it through the barrier, and tells it all that it does not hold. */
export async function catchUpAll(
  parts: ChatParts,
  session: Session,
  { epoch, streams }: Pick<CommandOf<"hello">, "epoch" | "streams">,
): Promise<void> {
  const { delivery, reads } = parts;
  const { userId } = identityOf(session);
  // The user's stream before the list of channels: a membership that comes between is delivered and joined.
  await subscribeDurable(parts, session, [userId]);
  const [memberships, profile] = await Promise.all([
    reads.memberships(userId),
    reads.profile(userId),
  ]);
  if (session.isClosed) return;
  if (profile) appear(parts, session, profile);
  const subscribed = memberships.slice(0, limits.subscribedMax).map(({ channelId }) => channelId);
  await subscribeDurable(parts, session, subscribed);
  if (!session.isListening) return;
  // Whoever holds all that was stored when they came, and all that was delivered when they were subscribed, misses nothing, and knows the
  // channel's summary. What was stored counts by itself: a worker that died may have told nobody. Who holds nothing begins anew.
  const sameEpoch = epoch === parts.epoch();
  const cursors = new Map(streams.map(({ stream, cursor }) => [stream, cursor]));
  const stored = new Map<StreamId, Seq>(
    memberships.map(({ channelId, head }) => [channelId, head]),
  );
  if (profile) stored.set(userId, profile.asOf);
  const holdsAll = (stream: StreamId): boolean => {
    const cursor = cursors.get(stream);
    const isSubscribed =
      session.followed.isSubscribed(stream) && cursor === delivery.deliveredOf(stream);
    return sameEpoch && cursor !== 0 && isSubscribed && cursor === stored.get(stream);
  };
  const behind = streams.filter(({ stream }) => !holdsAll(stream));
  const unknown = memberships.map(({ channelId }) => channelId).filter((one) => !holdsAll(one));
  const direct = memberships.filter(({ isDirect }) => isDirect).slice(0, watchedPeersMax);
  const [summaries, peers] = await Promise.all([
    reads.summaries(userId, unknown.slice(0, limits.summariesFirstMax)),
    reads.directPeers(
      userId,
      direct.map(({ channelId }) => channelId),
    ),
    sendCatchUp(parts, session, behind, { sameEpoch }),
  ]);
  // Whoever was removed meanwhile was told so, and would have the channel again.
  const still = summaries.filter(({ channel }) => session.followed.has(channel));
  await session.sendEach([...still.map(summaryEvent), { op: "caughtUp" }]);
  if (session.isClosed) return;
  await watchPeople(parts, session, peers);
  await sendSummaries(parts, session, unknown.slice(limits.summariesFirstMax));
}

/** People of direct channels whose presence is told without being listed. */
const watchedPeersMax = 200;

const summaryEvent = (summary: Summary): EventOf<"summary"> => ({ op: "summary", ...summary });

export async function sendSummaries(
  { reads }: Pick<ChatParts, "reads">,
  session: Session,
  channels: readonly ChannelId[],
): Promise<void> {
  const { userId } = identityOf(session);
  for (let at = 0; at < channels.length; at += limits.streamsPerSummariesMax) {
    const group = channels.slice(at, at + limits.streamsPerSummariesMax);
    await session.sendEach((await reads.summaries(userId, group)).map(summaryEvent));
  }
}
