import { hostname } from "node:os";
import manifest from "../package.json";
import { encodeAnswer, jsonOf } from "#wire/codec.ts";
import type { Event, Interval } from "#wire/event.ts";
import type { Seq, StreamId, UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import { bound, type Clock, systemClock } from "#lib/clock.ts";
import { pause, within } from "#lib/wait.ts";
import { createAdmit } from "./auth/access.ts";
import { createHostTokens, hostSettingsOf } from "./auth/host-tokens.ts";
import { watchRevocations } from "./auth/revocations.ts";
import { createTokens } from "./auth/tokens.ts";
import { createVerify } from "./auth/verify.ts";
import { announceCommit } from "./chat/announce-commit.ts";
import { createDispatch } from "./chat/commands.ts";
import { followOwn, removeMembers, revokeMembership } from "./chat/join.ts";
import { leave, leaveTopics } from "./chat/leave.ts";
import { comparePresence, comparePresenceMs, tellPresenceAnew } from "./chat/people.ts";
import type { ChatParts } from "./chat/parts.ts";
import { PointerFlush } from "./chat/pointer-flush.ts";
import { TypingBook } from "./chat/typing-book.ts";
import type { WorkerConfig } from "./config.ts";
import { startBunEngine } from "./engine/bun-engine.ts";
import type { Engine, EngineSocket } from "./engine/engine.ts";
import { readTls } from "./engine/tls.ts";
import type { Bus } from "./fanout/bus.ts";
import { cutIntervals } from "./fanout/cut.ts";
import { Delivery, deliveryLimits } from "./fanout/deliver.ts";
import { decodeHeads, Heads } from "./fanout/heads.ts";
import { openBus } from "./fanout/open-bus.ts";
import { Peers } from "./fanout/peers.ts";
import { Relay } from "./fanout/relay.ts";
import {
  durableTopic,
  headsTopic,
  isDurable,
  isFeed,
  jsonTopic,
  liveTopic,
  peersTopic,
  presenceTopic,
} from "./fanout/topic.ts";
import { createApp } from "./http/app.ts";
import { openLimits } from "./http/open-limits.ts";
import { heartbeatEvent } from "./http/readable-events.ts";
import { streamLimits, Streams } from "./http/streams.ts";
import { type Attached, createUpgrade } from "./http/upgrade.ts";
import { log } from "./observe/log.ts";
import { openPresence } from "./presence/open-presence.ts";
import { Backpressure } from "./session/backpressure.ts";
import { Balance, balanceLimits, sendAway } from "./session/balance.ts";
import { checkDeadlines } from "./session/deadlines.ts";
import { sayGoodbye } from "./session/goodbye.ts";
import { Receiver } from "./session/receive.ts";
import { Session } from "./session/session.ts";
import { Sessions } from "./session/sessions.ts";
import { MessageBatch } from "./store/batch.ts";
import { readStream } from "./store/catch-up.ts";
import { EpochWatch } from "./store/epoch.ts";
import { readHeads } from "./store/head.ts";
import { insertMessages } from "./store/insert-messages.ts";
import { readMemberIds } from "./store/members.ts";
import { createReads } from "./store/reads.ts";
import { writeLastSeen } from "./store/people.ts";
import { movePointers } from "./store/pointer.ts";
import { openPools } from "./store/pools.ts";

/** One server process: sockets, HTTP, and what they need. */
export interface Worker {
  readonly url: string;
  readonly port: number;
  /** Refuses the new, finishes what is under way, sends everybody elsewhere, ends. */
  drain(): Promise<void>;
}

const workerLimits = {
  backpressureBytesMax: 16 * 1024 * 1024,
  bodyBytesMax: 1024 * 1024,
  sweepMs: 250,
  tickMs: 1_000,
  lastSeenMs: 30_000,
  /** Of the 2 s that the supervisor gives a worker to end. */
  flushMsMax: 1_000,
} as const;

/** The only place that constructs things: hands each room the functions of its neighbours. */
export async function startWorker(
  config: WorkerConfig,
  clock: Clock = systemClock,
): Promise<Worker> {
  const tls = await readTls(config);
  if (tls && "mistake" in tls) throw new Error(tls.mistake);
  let isDraining = false;
  const { now, after } = bound(clock);
  const monotonic = (): number => performance.now();

  const epoch = new EpochWatch();
  const pools = openPools(
    config.databaseUrl,
    // What was committed meanwhile without being announced shows in the heads.
    () => void epoch.check().then((isKnown) => (isKnown ? delivery.compare() : undefined)),
  );
  const { reading, writing, batching } = pools;
  const reads = createReads(reading, after);

  const sessions = new Sessions();
  const bus: Bus = openBus({
    redisUrl: config.redisUrl,
    receive: (topic, bytes) => {
      if (topic === streams.topic) streams.forwarded(bytes);
      else if (topic === peersTopic) peers.heard(bytes);
      else if (topic === headsTopic) {
        for (const [stream, head] of decodeHeads(bytes)) delivery.headSeen(stream, head);
      } else if (isDurable(topic)) delivery.receive(bytes);
      else if (isFeed(topic)) presence.hear(bytes);
      else publishLocal(topic, bytes);
    },
    doubted: () => void delivery.compare(),
    clock,
  });
  const readIntervals = async (
    stream: StreamId,
    from: Seq,
  ): Promise<{ intervals: Interval[]; more: boolean }> => {
    const found = await readStream(reading, stream, from);
    if (!found) return { intervals: [], more: false };
    return { intervals: cutIntervals(stream, from, found.through, found.rows), more: found.cut };
  };
  /** False where a reader lost it. */
  const publishLocal = (topic: string, frame: Uint8Array): boolean => {
    backpressure.published(frame.length);
    const isWhole = engine.publish(topic, frame);
    const asJson = jsonTopic(topic);
    const [onSockets, onStreams] = [engine.isListenedTo(asJson), streams.isListenedTo(asJson)];
    if (!onSockets && !onStreams) return isWhole;
    const text = jsonOf(frame);
    const isWholeOnSockets = !onSockets || engine.publish(asJson, text);
    const isWholeOnStreams = !onStreams || streams.publish(asJson, text);
    return isWhole && isWholeOnSockets && isWholeOnStreams;
  };
  const isListenedTo = (topic: string): boolean =>
    engine.isListenedTo(topic) ||
    [engine, streams].some((one) => one.isListenedTo(jsonTopic(topic)));
  const backpressure = new Backpressure({
    sessions,
    leaveTopics: (session) => leaveTopics(chat, session),
    now,
    soon: setImmediate,
  });
  const delivery: Delivery = new Delivery({
    bus,
    publish: (stream, frame) => {
      if (!publishLocal(durableTopic(stream), frame)) backpressure.lost(stream);
    },
    readHeads: (streams) => readHeads(reading, streams),
    readIntervals,
    removing: (announcement) => removeMembers(chat, announcement),
    personalDelivered: (announcement) => followOwn(chat, announcement),
    after,
  });
  const heads = new Heads({
    bus,
    readHeads: (streams) => readHeads(reading, streams),
    now: monotonic,
  });
  const peers = new Peers({
    bus,
    lost: () => void delivery.compare(),
    place: `${hostname()}:${config.port}`,
    sockets: () => sessions.size,
    now: monotonic,
  });
  const relay = new Relay(bus);
  const publishLive: ChatParts["publishLive"] = (topic, event) => {
    bus.publish(topic, encodeAnswer(event)).catch((error: unknown) => {
      log.debug("something ephemeral was not published", { topic, error });
    });
  };

  const batch = new MessageBatch({
    insert: (drafts, sends) => batching.ask((sql) => insertMessages(sql, drafts, sends)),
    announce: (commit) => announceCommit(delivery, heads, commit),
    suspect: (channelId, why) => heads.suspect(channelId, why),
    now: monotonic,
    pause,
  });
  const pointers = new PointerFlush({
    move: (moves) =>
      movePointers(writing, moves).catch((error: unknown) => {
        for (const { userId } of moves) heads.suspect(userId, "unknown_outcome");
        throw error;
      }),
    announce: (interval) => {
      heads.wrote(interval.stream, interval.through);
      void delivery.announce(interval);
    },
    tellOthers: (channel, moved) =>
      publishLive(liveTopic(channel), { op: "pointers", channel, pointers: moved }),
    after,
  });
  const typing = new TypingBook({
    changed: (channel, user, isTyping) =>
      publishLive(liveTopic(channel), { op: "typingChanged", channel, user, typing: isTyping }),
    now,
    after,
  });
  const tellHere = (topic: string, event: Event): void => {
    if (isListenedTo(topic)) publishLocal(topic, encodeAnswer(event));
  };
  const tellWatchers = (user: UserId, event: Event) => tellHere(presenceTopic(user), event);
  const presence = openPresence({
    redisUrl: config.redisUrl,
    publish: publishLive,
    relay,
    tellWatchers,
    tellCount: (channel, online) =>
      tellHere(liveTopic(channel), { op: "onlineCount", channel, online }),
    readMembers: (channel, countMax) => readMemberIds(reading, channel, countMax),
    restored: () => void tellPresenceAnew(chat, tellWatchers),
    clock,
  });

  const closeSockets = (sessionId: string): void => {
    for (const session of sessions) {
      if (session.identity?.sessionId === sessionId) session.close("session_ended");
    }
  };
  const revocations = await watchRevocations({
    sql: reading,
    log,
    onRevoked: (revocation) => {
      if ("sessionId" in revocation) closeSockets(revocation.sessionId);
      else revokeMembership(chat, revocation);
    },
  });
  const tokens = createTokens(config.secretKey, now);
  const hostSettings = hostSettingsOf(config);
  const admit = createAdmit({
    sql: reading,
    reads,
    writing,
    tokens,
    hostTokens: hostSettings && createHostTokens(hostSettings, now),
    hostRolesTrusted: config.hostRolesTrusted,
    now,
  });
  const limiting = openLimits(config, now);
  const { admission, entries, pace } = limiting;
  const chat: ChatParts = {
    ...createVerify({ admit, entries, hasEnded: (sessionId) => revocations.hasEnded(sessionId) }),
    sql: reading,
    reads,
    writing,
    batch,
    delivery,
    heads,
    relay,
    sessions,
    pointers,
    typing,
    version: manifest.version,
    epoch: () => epoch.current,
    publishLive,
    presence,
    onlineCounts: presence.counts,
    readMemberOf: (userId, channels) => reads.memberOf(userId, channels),
    readIntervals,
    now,
  };
  const dispatch = createDispatch(chat);
  const left = ({ identity, isPresent, isAway }: Session): void => {
    if (identity && isPresent) presence.left(identity.userId, isAway);
  };
  const streams: Streams = new Streams({
    chat,
    dispatch,
    pace,
    admission,
    left,
    drained: (session) => backpressure.drained(session),
    forward: (topic, bytes) => bus.publish(topic, bytes),
  });

  const app = createApp({
    config,
    ...limiting,
    sql: reading,
    tokens,
    admit,
    chat,
    streams,
    log,
    version: manifest.version,
    isDraining: () => isDraining,
    onSessionEnded: closeSockets,
    now,
  });

  await epoch.start(reading, () => {
    for (const session of sessions) session.close("resync");
  });

  const engine: Engine = startBunEngine<Attached>(
    {
      host: config.host,
      port: config.port,
      isShared: (config.workers ?? 1) > 1,
      frameBytesMax: limits.frameBytesMax,
      backpressureBytesMax: workerLimits.backpressureBytesMax,
      bodyBytesMax: workerLimits.bodyBytesMax,
      tls,
    },
    {
      fetch: (request, peer) => app.fetch(request, peer),
      upgrade: createUpgrade({ config, admission, isDraining: () => isDraining }),
      opened: (socket) => {
        const session = new Session(socket, {
          encoding: socket.data.encoding,
          nowMs: now(),
          topicOf: jsonTopic,
        });
        socket.data.session = session;
        socket.data.receiver = new Receiver(session, dispatch, pace, now);
        admission.opened(socket.data.address);
        sessions.add(session);
      },
      received: (socket: EngineSocket<Attached>, frame) => {
        // What comes now is said again on the next socket; answered is what was begun.
        if (!isDraining) socket.data.receiver?.receive(frame);
      },
      controlled: ({ data }, bytes) => data.receiver?.controlled(bytes),
      drained: ({ data }) => data.session && backpressure.drained(data.session),
      closed: (socket) => {
        const { session, address } = socket.data;
        if (!session) return;
        admission.closed(address);
        session.ended();
        leave(chat, session);
        left(session);
      },
    },
  );

  await bus.subscribe([headsTopic, peersTopic, streams.topic]);
  const balance = new Balance();
  const stopTimers = [
    clock.every(workerLimits.tickMs, () => {
      for (const session of sessions) checkDeadlines(session, now());
      presence.counts.tick();
      void heads.tell();
      void peers.tell();
      if (!bus.isHealthy) void delivery.compare();
    }),
    clock.every(deliveryLimits.compareMs, () => void delivery.compare()),
    clock.every(workerLimits.sweepMs, () => backpressure.look()),
    clock.every(balanceLimits.everyMs, () => {
      sendAway(sessions, balance.look(sessions.size, peers.socketsBeside()));
    }),
    clock.every(streamLimits.beatSeconds * 1_000, () => streams.beat(heartbeatEvent(now()))),
    clock.every(workerLimits.lastSeenMs, () => void keepLastSeen()),
    clock.every(comparePresenceMs, () => void comparePresence(chat)),
  ];
  const keepLastSeen = async (): Promise<void> => {
    const seen = presence.takeLastSeen();
    if (seen.size === 0) return;
    await writeLastSeen(writing, seen).catch((error: unknown) => {
      log.warn("when people were last seen could not be written", { error });
    });
  };

  let draining: Promise<void> | undefined;
  const drain = async (): Promise<void> => {
    isDraining = true;
    engine.stopAccepting();
    for (const stop of stopTimers) stop();
    revocations.stop();
    sayGoodbye([...sessions].filter(({ identity }) => identity));
    // While PostgreSQL is away neither ends; what has no answer then is unknown to its client, and sent again.
    await within(workerLimits.flushMsMax, Promise.all([batch.drained(), pointers.flush()]));
    await pause(0); // The answers leave before the sockets close.
    for (const session of sessions) session.close("restart");
    typing.stop();
    // Neither a frozen Redis nor a frozen PostgreSQL is waited for.
    const leaving = Promise.all([keepLastSeen(), presence.stop(), peers.leave()]);
    await within(workerLimits.flushMsMax / 2, leaving);
    limiting.close();
    epoch.stop();
    await bus.close();
    await pools.end();
    await engine.stop();
  };
  const host = config.host.includes(":") ? `[${config.host}]` : config.host;
  const name = host === "0.0.0.0" || host === "[::]" ? "localhost" : host;
  return {
    url: `${tls ? "https" : "http"}://${name}:${engine.port}`,
    port: engine.port,
    drain: () => (draining ??= drain()),
  };
}
