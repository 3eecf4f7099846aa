import { drainMicrotasks } from "bun:jsc";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { checkRun } from "./check-run.ts";
import { HostileHub } from "./hostile-bus.ts";
import { SimulatedDevice } from "./simulated-device.ts";
import { type Cast, SimulatedWorker, sound } from "./simulated-worker.ts";
import { World } from "./world.ts";

export interface Run {
  readonly seed: number;
  /** Which guarantees did not hold; none in a good run. */
  readonly faults: readonly string[];
  readonly story: readonly string[];
  readonly messages: number;
  /** What was asked of pointers and answered. */
  readonly receipts: number;
}

const lobby = 7 as ChannelId;
const engineRoom = 8 as ChannelId;
const channels = [lobby, engineRoom];
const people = [11, 12, 13, 14, 15] as UserId[];
/** The last one is in the lobby alone, at first. */
const members = new Map([
  [lobby, people],
  [engineRoom, people.slice(0, -1)],
]);
/** Makes the groups, and stays in them. */
export const admin = people[0]!;

/** Who has two devices. */
const twoDevices = new Set(people.slice(0, 1));

/** Of those who leave. */
const returns = 0.8;
const workersMax = 3;
const runMs = {
  /** So long it rains; then everything has to mend itself. */
  rain: 15_000,
  /** The longest outage of the bus ends before. */
  outageMax: 12_000,
  rebirth: 2_000,
  /** For so long somebody is out of a channel. */
  absences: [1, 50, 200, 1_000, 5_000],
  /** For so long somebody reads slowly: the last one longer than the server waits. */
  slowness: [500, 3_000, 6_000, 10_000, 50_000],
  /** A frame in so many milliseconds. */
  frames: [100, 500, 60_000],
  again: 300,
  /** By then everybody was answered, or never will be. */
  answeredMax: 90_000,
  /** Heads are told for 5 s behind a commit, a silent worker is missed after 3.5 s. */
  dust: 8_000,
  /** A worker says each second that it is here, two of three words may be lost, and each may be late. */
  unknown: 5_000,
} as const;

/**
 * One run of the core from one seed: people write to each other and read on workers that die, over a bus and a store that fail. It needs no time and
 * no chance but the seed's, so the same seed is the same run.
 */
export function simulate(seed: number, cast: Cast = sound): Run {
  const world = new World(seed);
  const { clock, dice } = world;
  const store = cast.createStore(() => clock.now());
  for (const userId of people) store.addUser(userId, `user ${userId}`);
  for (const [channel, [maker, ...users]] of members) {
    store.createGroup(channel, `group ${channel}`, maker!, users);
  }
  const mayRise = world.weather.posthumous > 0;
  const hub = new HostileHub(world);
  const workers: SimulatedWorker[] = [];
  /**
   * Somebody died while away from the bus, or when one of the workers was new or hardly back on it: perhaps not everybody misses the dead.
   * Or the store carried out what the dead had asked for, and perhaps others had missed them by then. It shows with the next comparison.
   */
  let mayBeUnmissed = false;

  const startOne = (): void => {
    const worker = new SimulatedWorker(world, hub, store, cast, () => {
      if (!workers.includes(worker)) mayBeUnmissed = true;
      else if (dice.chance(world.weather.deaths)) kill(worker, "dies behind a commit");
    });
    void worker.start();
    workers.push(worker);
  };
  const kill = (worker: SimulatedWorker, how: string): void => {
    // Somebody stays: where nobody lives there is nothing to connect to.
    if (workers.length === 1 || !workers.includes(worker)) return;
    const isMissed = workers.every((each) => {
      // Who is away compares everything on coming back; unless it is the one who dies.
      const isAway = each.bus.carriesForMs === 0 && each !== worker;
      return isAway || each.bus.carriesForMs >= runMs.unknown;
    });
    if (!isMissed && world.weather.onlyMissedDie) return;
    mayBeUnmissed ||= !isMissed;
    workers.splice(workers.indexOf(worker), 1);
    world.tell(`a worker ${how}`);
    worker.die();
    clock.after(dice.between(1, runMs.rebirth), startOne);
  };
  /** Whoever asks asks once more where nobody knows what became of it. */
  const changeGroup = (...asked: Parameters<SimulatedWorker["changeGroup"]>): void => {
    dice
      .pick(workers)
      .changeGroup(...asked)
      .catch(() => void clock.after(runMs.again, () => changeGroup(...asked)));
  };
  const someTime = (): number => dice.between(0, runMs.rain);

  for (let count = 0; count < workersMax; count++) startOne();
  const parts = { world, store, channels, findWorker: () => dice.pick(workers) };
  const devices = people.flatMap((userId) => {
    const told = { messages: [], receipts: [] };
    const numbers = twoDevices.has(userId) ? [1, 2] : [1];
    return numbers.map((device) => {
      const opens = dice.chance(0.5);
      return new SimulatedDevice({ userId, device, told, opens }, parts);
    });
  });
  for (const device of devices) {
    device.connect();
    for (const channel of channels) {
      const looks = dice.between(0, 4);
      for (let at = 0; at < looks; at++) clock.after(someTime(), () => device.look(channel));
      const bursts = dice.between(0, 4);
      for (let burst = 0; burst < bursts; burst++) {
        const said = dice.between(1, 4);
        clock.after(someTime(), () => {
          for (let at = 0; at < said; at++) device.say(channel);
        });
      }
    }
  }
  const { brokenSockets, murders, busOutages, removals, slowReaders } = world.weather;
  for (let count = 0; count < removals; count++) {
    const [channel, userId] = [dice.pick(channels), dice.pick(people.slice(1))];
    const atMs = someTime();
    const by = dice.pick([admin, userId]);
    clock.after(atMs, () => {
      world.tell(`${userId} leaves ${channel}, by ${by}`);
      changeGroup([channel, userId], (found) => found.removeMember(channel, by, userId));
    });
    if (!dice.chance(returns)) continue;
    clock.after(atMs + dice.pick(runMs.absences), () => {
      world.tell(`${userId} joins ${channel}`);
      changeGroup([channel, userId], (found) => found.addMembers(channel, admin, [userId]));
    });
  }
  for (let count = 0; count < slowReaders; count++) {
    const [ms, frameMs] = [dice.pick(runMs.slowness), dice.pick(runMs.frames)];
    clock.after(someTime(), () => {
      world.tell("somebody reads slowly");
      dice.pick(devices).readSlowly(ms, frameMs);
    });
  }
  for (let count = 0; count < brokenSockets; count++) {
    clock.after(someTime(), () => dice.pick(devices).breakSocket());
  }
  for (let count = 0; count < murders; count++) {
    clock.after(someTime(), () => kill(dice.pick(workers), "is killed"));
  }
  for (let count = 0; count < busOutages; count++) {
    clock.after(someTime(), () => {
      world.tell("a worker loses the bus");
      dice.pick(workers).bus.goAway(dice.between(1, runMs.outageMax));
    });
  }

  passUntil(world, runMs.rain);
  world.clearUp();
  passUntil(world, runMs.rain + runMs.outageMax);
  while (!devices.every((device) => device.isAnswered) && clock.now() < runMs.answeredMax) {
    passUntil(world, clock.now() + 100);
  }
  passUntil(world, clock.now() + runMs.dust);
  let faults = checkRun(store, channels, devices, mayRise);
  if (faults.length > 0 && mayBeUnmissed) {
    for (const worker of workers) worker.compare();
    passUntil(world, clock.now() + runMs.dust);
    faults = checkRun(store, channels, devices, mayRise);
  }

  return {
    seed,
    faults: [...world.faults, ...faults],
    story: world.story,
    messages: channels.reduce((sum, channel) => sum + store.messages(channel).length, 0),
    receipts: new Set(devices.flatMap(({ told }) => told.receipts)).size,
  };
}

/** Timer by timer; what a timer sets going has come to rest before the next. */
function passUntil({ clock }: World, untilMs: number): void {
  drainMicrotasks();
  while (clock.callNext(untilMs)) drainMicrotasks();
  clock.pass(untilMs - clock.now());
}
