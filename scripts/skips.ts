const asRoot = "only root may become somebody else";
const withoutNginx = "nginx is not installed";
const withoutRedis = "neither redis-server nor valkey-server is installed";
const withoutK6 = "k6 is not installed, and was not built here (`npm run bench -- --prepare`)";
const mounting = "only root outside of a container may mount";

/**
 * Every test that may be skipped, by its full name, and why. Any other skip is a failure; so is a name that no test has.
 */
export const allowedSkips: Readonly<Record<string, string>> = {
  "production is no bigger than was agreed, but a tenth": "the figure was measured on Linux",
  "root with a clone under a 0700 /root: PostgreSQL and the data move, and the terminal says so":
    mounting,
  "root who sets DATA_DIR to where PostgreSQL's user may not go is told so": mounting,
  "an ordinary user starts it from a clone of theirs, and nobody else gets at what it keeps":
    asRoot,
  "an ordinary user whose data belongs to somebody else is told so": asRoot,
  "what an ordinary user began, root continues as that user": asRoot,
  "a disk that is full, at whatever step, is said in one sentence": mounting,
  "a server whose disk is full goes on, and stores again when there is space": mounting,
  "D7 S14: nginx sends plain http to https, and brings the interface with a cookie that is Secure":
    withoutNginx,
  "D7 S14: a WebSocket and a stream go through nginx, the stream as it comes": withoutNginx,
  "S14: behind nginx people are told apart by their address, whatever they write into X-Forwarded-For":
    withoutNginx,
  "D7 S14 U16: behind nginx, which ends TLS and takes the path away, two people meet and talk":
    withoutNginx,
  "a start on a disk that has filled up says so, and works when there is space": mounting,
  "E11 D1: what is said on one worker is heard on the other, both ways, once, in one order":
    withoutRedis,
  "E11: typing and reading cross too": withoutRedis,
  "B12 B38 W9: how somebody wants to be seen holds for their sockets on every worker, and is told and counted on every other":
    withoutRedis,
  "D1 X10: while Redis is dead messages are stored and arrive all the same, and back it is used again":
    withoutRedis,
  "D1 X10: while Redis holds every connection and answers nothing, messages arrive all the same":
    withoutRedis,
  "D1: whoever comes while Redis is away is welcomed, and hears": withoutRedis,
  "D1: whoever comes while Redis holds every connection and answers nothing has everything within 2 s":
    withoutRedis,
  "W1 W5 W6 W10 X10 X11: while every part fails in turn nothing that people write is lost, doubled or reordered, and all recover":
    withoutRedis,
  "D1: with Redis away only the publisher hears, and is told so; back again, everybody hears everything anew":
    withoutRedis,
  "D1: a Redis that holds its connections and answers nothing is found out by the probe":
    withoutRedis,
  "D1: a connection that is cut shows as unhealthy, and a thousand topics and one come back with it":
    withoutRedis,
  "what a bus publishes it hears before Redis does, and once": withoutRedis,
  "a bus that is closed leaves nothing at Redis, also while Redis answers nothing": withoutRedis,
  "D4 B36 R36: of a Redis that is well it says the version, the time of an answer and that messages pass; one that holds still is red":
    withoutRedis,
  "X9: how somebody is seen is 30 s old at most, though nobody was told that it changed":
    withoutRedis,
  "X9: who is found to be seen otherwise than was told, twice in a row, was missed; what is only on its way is not":
    withoutRedis,
  "P5 P7: who is on two workers is here until both have lost them, and only the first and the last are news":
    withoutRedis,
  "W9 P10 X5 X12: of a large channel a thousand come and go in a second, and another worker sees it within 2 s and counts right":
    withoutRedis,
  "P4 P7: a dead worker's people are gone after its lease and the grace, but for those who came back on another":
    withoutRedis,
  "P7 P10: while Redis is frozen nobody leaves, and nobody does because it was": withoutRedis,
  "P7: a Redis that comes back empty is told everybody anew, and those who look are told too":
    withoutRedis,
  "P7: who leaves while a worker is cut off from Redis is gone when it is back, and is told once":
    withoutRedis,
  "P1 P5 P9: who comes and goes on one worker is seen to by those who look on another":
    withoutRedis,
  "B17: whoever is removed while Redis holds still is off the channel's topics on other workers within a second":
    withoutRedis,
  "B17: a session that is ended on one worker loses its sockets on the other within a second while Redis holds still":
    withoutRedis,
  "B17: whoever is a member again before that is noticed hears everything": withoutRedis,
  "E11: topics of every partition cross a cluster of three; with a server killed the bus says so, and with it back everybody hears again":
    withoutRedis,
  "E11: a slot that is moved while it is used makes the bus doubt once, and its topics are heard from where it is now":
    withoutRedis,
  "P7: a server of a cluster that dies and comes back empty alone costs nobody their presence":
    withoutRedis,
  "E11 X10: over a cluster two nodes lose, double and reorder nothing while a server of it dies and comes back, and a slot is moved":
    withoutRedis,
  "D4 B36: of a cluster it says how many hold all slots; one server of it, named alone, is red":
    withoutRedis,
  "W8: a worker that has nearly all sockets sends a tenth of them away, beside one that has none":
    withoutRedis,
  "S8: workers on one Redis count hellos and tickets together, and while it is away each for itself":
    withoutRedis,
  "S8: workers on one Redis count together, and while it is away each for itself": withoutRedis,
  "S8: what workers count together is counted on their Redis; while it is frozen nobody waits for it":
    withoutRedis,
  "D1 D2: it starts two workers and a Redis, both have people, who talk; Ctrl-C ends all of it":
    withoutRedis,
  "W1 X10: workers and the Redis are killed while six people write: what was acknowledged is there once, in one order, for all":
    withoutRedis,
  "W8: the workers are replaced under load: what six people write is there once and in order, and nobody is away for 3 s":
    withoutRedis,
  "D2: a supervisor that is killed takes its workers and its Redis along, and the next start works":
    withoutRedis,
  "D1: a Redis of our own listens on a private socket alone, comes back when it dies, and leaves nothing":
    withoutRedis,
  "D1: whoever dies takes the Redis that they started along": withoutRedis,
  "W8: a worker whose Redis holds still drains all the same, within what the supervisor gives it":
    withoutRedis,
  "D1: a Redis that refuses to let it listen is said to be away, and used as soon as it does":
    withoutRedis,
  "W1: a worker is killed while people write, and all of them are back with all that was said":
    withoutRedis,
  "P7: a Redis that refuses at first is told as soon as it takes it": withoutRedis,
  "every question is asked by k6, and all of it is counted": withoutK6,
  "k6 meets a target that is met, and counts every delivery": withoutK6,
  "a server that drops one delivery in a hundred has FAILED, however quick it was": withoutK6,
  "a server that says everything 20 ms late misses a target of 20 ms": withoutK6,
};
