import { findWithin, pause } from "#lib/wait.ts";
import { hasCode } from "../../embedded/refused.ts";
import { recoveryMsMax, type Stage } from "./stage.ts";

/** Something that goes wrong. */
export interface Fault {
  readonly name: string;
  /** It takes more time than a quick look at everything has. */
  readonly isLong?: boolean;
  /** It would not be felt, or could not end, beside another. */
  readonly isAlone?: boolean;
  /**
   * Makes it happen; `struck` is called when it has, and from then on the recovery is timed. Resolves when nothing of it is left, so that the
   * next one finds the parts that it needs.
   */
  strike(stage: Stage, struck: () => void): Promise<void>;
}

const frozenMs = 2_000;
const refusedMs = 1_000;
/** A worker that stands still for so long is dead to the others, and its lease ends. */
const workerFrozenMs = 7_000;

/** Fills the kernel between a server and a reader who does not read: it takes 4 to 10 MB, and a server that is busy gives less in the time. */
const fill = {
  rounds: 6,
  pages: 32,
  longMessages: 4,
  messagesAfter: 30,
  roundMs: 100,
  timesMax: 6,
} as const;
/** A frame that is just not cut. */
const long = (number: number): string => `${number} of many words: ${"\u{1F642}".repeat(3_700)}`;

/** Fails where a part does not come back in time: then no recovery was seen. */
async function comesBack<T>(stage: Stage, what: string, find: () => T | undefined): Promise<T> {
  const found = await findWithin(recoveryMsMax, find);
  if (found === undefined) throw new Error(`${what} did not come back: ${stage.said.join("\n")}`);
  return found;
}

/** A part may be gone already, by another fault or with another part. */
function signal(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!hasCode(error, "ESRCH")) throw error;
  }
}

/** All workers are there, and that one is none of them. */
const hasOthers = ({ running }: Stage, pid: number): true | undefined =>
  running.workers.length === 2 && running.workers.every((worker) => worker.pid !== pid)
    ? true
    : undefined;

export const everyFault: readonly Fault[] = [
  {
    name: "a worker is killed",
    async strike(stage, struck) {
      const { pid } = stage.dice.pick(stage.running.workers);
      signal(pid, "SIGKILL");
      struck();
      await comesBack(stage, "a worker", () => hasOthers(stage, pid));
    },
  },
  {
    name: "Redis is killed, and comes back empty",
    async strike(stage, struck) {
      const { pid } = stage.running.redis!;
      signal(pid, "SIGKILL");
      struck();
      await comesBack(stage, "Redis", () => (stage.running.redis!.pid === pid ? undefined : true));
    },
  },
  {
    name: "Redis is frozen",
    async strike(stage, struck) {
      const { pid } = stage.running.redis!;
      signal(pid, "SIGSTOP");
      struck();
      await pause(frozenMs);
      signal(pid, "SIGCONT");
    },
  },
  {
    name: "PostgreSQL is killed",
    async strike(stage, struck) {
      const before = stage.postgres;
      signal(before, "SIGKILL");
      struck();
      await comesBack(stage, "PostgreSQL", () =>
        [undefined, before].includes(stage.postgres) ? undefined : true,
      );
    },
  },
  {
    name: "every connection of a network is reset",
    async strike(stage, struck) {
      stage.dice.pick(stage.networks).reset();
      struck();
    },
  },
  {
    name: "a network freezes with what is under way",
    async strike(stage, struck) {
      const network = stage.dice.pick(stage.networks);
      network.freeze("open");
      struck();
      await pause(frozenMs);
      network.thaw();
    },
  },
  {
    name: "a network refuses for a second",
    async strike(stage, struck) {
      const network = stage.dice.pick(stage.networks);
      network.refuse();
      struck();
      await pause(refusedMs);
      network.accept();
    },
  },
  {
    name: "a reader stops reading",
    isAlone: true,
    async strike(stage, struck) {
      const [author, reader] = [stage.devices[0]!, stage.devices.at(-1)!];
      for (let at = 0; at < fill.longMessages; at++) author.say(stage.everywhere, long(at));
      const { lagged } = reader;
      for (let times = 0; times < fill.timesMax && reader.lagged === lagged; times++) {
        await stage.until(() => author.isQuiet && reader.isReady);
        reader.stopReading();
        for (let round = 0; round < fill.rounds; round++) {
          reader.askPages(stage.everywhere, fill.pages);
          await pause(fill.roundMs);
        }
        for (let at = 1; at < fill.messagesAfter; at++) author.say(stage.everywhere, long(at));
        const last = author.say(stage.everywhere, long(0));
        await stage.until(() => author.isQuiet);
        reader.readOn();
        struck();
        await stage.until(() => reader.shows(last));
      }
    },
  },
  {
    name: "the workers are replaced",
    isAlone: true,
    async strike(stage, struck) {
      const number = stage.running.restart?.number ?? 0;
      stage.signal("SIGUSR2");
      struck();
      await comesBack(stage, "a worker", () =>
        stage.running.restart?.state === "done" && stage.running.restart.number > number
          ? true
          : undefined,
      );
    },
  },
  {
    name: "a worker stands still, and goes on",
    isLong: true,
    async strike(stage, struck) {
      const { pid } = stage.dice.pick(stage.running.workers);
      signal(pid, "SIGSTOP");
      struck();
      await pause(workerFrozenMs);
      signal(pid, "SIGCONT");
    },
  },
  {
    name: "a worker stands still for good",
    isLong: true,
    async strike(stage, struck) {
      const { pid } = stage.dice.pick(stage.running.workers);
      signal(pid, "SIGSTOP");
      struck();
      await comesBack(stage, "a worker", () => hasOthers(stage, pid));
    },
  },
  {
    name: "everything is killed at once, and started again",
    isAlone: true,
    async strike(stage, struck) {
      const { workers, redis, keeper } = stage.running;
      const pids = [...workers, redis!, keeper!].map(({ pid }) => pid);
      stage.signal("SIGKILL");
      for (const pid of [...pids, stage.postgres]) signal(pid, "SIGKILL");
      struck();
      await stage.startServer();
    },
  },
];
