/** Every question to everybody who can be had here, asked small: that each is counted right, not that it is fast. */
import { expect, test } from "bun:test";
import { BenchServer } from "../load/bench-server.ts";
import { ask } from "./ask.ts";
import { isAsked } from "./choose.ts";
import { findAvailable } from "./install.ts";
import { DurableParley, EphemeralParley } from "./parley.ts";
import { PeerServer } from "./peer-server.ts";
import { peers } from "./peers.ts";
import { questionsOf } from "./questions.ts";

test("W14: Parley and every peer that this machine has answer every question, and all of it is counted", async () => {
  await using parley = await BenchServer.start({ workers: 1, cores: undefined });
  const available = findAvailable(peers, console.log);
  for (const question of questionsOf({ seconds: 0.3, socketsMax: 12 })) {
    await using servers = new AsyncDisposableStack();
    const asked = available
      .filter(({ peer }) => isAsked(peer, question))
      .map(({ peer, command }) => servers.use(new PeerServer(peer, command, undefined)));
    const ephemeral = question.asksEphemeral ? [new EphemeralParley(parley)] : [];
    const all = [new DurableParley(parley), ...ephemeral, ...asked];
    const { rounds } = await ask(question, all, 1);
    for (const [title, runs] of rounds) {
      const faults = runs.flatMap((run) => run.faults);
      expect({ title, faults }, question.name).toEqual({ title, faults: [] });
      expect(Object.keys(runs[0]!.figures), title).toEqual(
        expect.arrayContaining([question.figures.at(-1)]),
      );
    }
  }
}, 600_000);
