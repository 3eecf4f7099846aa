/** People come, talk and go for minutes: a worker keeps nothing of those who have gone. `npm run verify soak`. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { joinGroup } from "./group.ts";
import { people } from "./people.ts";
import { RestClient } from "./rest-client.ts";
import { type SignedIn, startServer } from "./start-server.ts";
import { openStream } from "./stream-client.ts";
import { talk } from "./talk.ts";
import { startWorkerProcess } from "./worker-process.ts";

const msMin = 300_000;
const socketsAtOnce = 40;
const mebibyte = 1024 ** 2;
/** Of the worker, from the second fifth of the time to the last: a heap is never quite still. */
const growthBytesMax = 12 * mebibyte;

const bytesOf = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) * 1024;
const medianOf = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)]!;

test("X16: who came, talked and went leaves nothing in a worker's memory", async () => {
  await using server = await startServer();
  const worker = await startWorkerProcess(server.database);
  const place = { ...server, url: worker.url };
  const everybody = await Promise.all(Object.values(people).map((person) => server.signIn(person)));
  const lobby = await joinGroup(server.sql, "lobby", everybody[0]!.id);
  for (const { id } of everybody) await joinGroup(server.sql, "lobby", id);

  /** All that a page does, in a second. */
  const visit = async (me: SignedIn): Promise<void> => {
    const socket = await talk(place, me, "lobby");
    await socket.gets("peoplePage", { op: "people", ids: [], query: "", after: null });
    await socket.gets("done", { op: "typing", channel: lobby, typing: true });
    const seq = await socket.says("passing by");
    const pointer = { channel: lobby, readSeq: seq, deliveredSeq: seq, readFrom: null };
    await socket.gets("done", { op: "read", pointers: [pointer] });
    await socket.gets("done", { op: "setAway", away: true });
    await socket.leaves();
  };
  const visitStreamed = async (me: SignedIn): Promise<void> => {
    const stream = await openStream(worker, me.token);
    await stream.next("caughtUp");
    await stream[Symbol.asyncDispose]();
  };
  const sizes: number[] = [];
  let visits = 0;
  const sinceMs = performance.now();
  while (performance.now() - sinceMs < msMin) {
    await Promise.all(
      Array.from({ length: socketsAtOnce }, (_, at) => {
        const me = everybody[at % everybody.length]!;
        if (at % 10 === 0) return visitStreamed(me);
        if (at % 10 === 1) return new RestClient(worker, me).get("/channels");
        return visit(me);
      }),
    );
    visits += socketsAtOnce;
    sizes.push(bytesOf(worker.pid));
  }
  await worker.kill();
  const fifth = Math.floor(sizes.length / 5);
  const [early, late] = [medianOf(sizes.slice(fifth, 2 * fifth)), medianOf(sizes.slice(4 * fifth))];
  const inMebibytes = (bytes: number) => (bytes / mebibyte).toFixed(1);
  process.stdout.write(
    `${visits} visits; ${inMebibytes(early)} MiB in the second fifth, ${inMebibytes(late)} in the last\n`,
  );
  expect(late - early).toBeLessThan(growthBytesMax);
}, 400_000);
