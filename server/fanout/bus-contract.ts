import { afterAll, describe, expect, test } from "bun:test";
import type { Bus, BusEars } from "./bus.ts";

/** Where a kind of bus comes from: every call of `connect` is another worker of the same whole. */
export interface BusMaker {
  connect(ears: BusEars): Promise<Bus>;
  end(): Promise<void>;
}

/** One worker's ears: keeps what came, and can be waited for. */
class Ears implements BusEars {
  readonly heard: string[] = [];
  #awaited: { count: number; resolve: () => void } | undefined;

  receive = (topic: string, bytes: Uint8Array): void => {
    this.heard.push(`${topic}=${new TextDecoder().decode(bytes)}`);
    if (this.#awaited && this.heard.length >= this.#awaited.count) this.#awaited.resolve();
  };

  readonly states: boolean[] = [];
  changed = (isHealthy: boolean): void => void this.states.push(isHealthy);

  async hears(count: number): Promise<string[]> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#awaited = { count, resolve };
    if (this.heard.length < count) await promise;
    return this.heard;
  }
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What `bus.ts` promises, asked of one kind of bus. Every kind runs it. */
export function describeBus(kind: string, maker: BusMaker): void {
  describe(`a bus of the kind ${kind}`, () => {
    afterAll(() => maker.end());

    async function worker(): Promise<{ bus: Bus; ears: Ears }> {
      const ears = new Ears();
      return { bus: await maker.connect(ears), ears };
    }

    test("brings what is published after the subscription to every worker, the publisher too", async () => {
      const [one, other, deaf] = [await worker(), await worker(), await worker()];
      await one.bus.subscribe(["{p01}:1"]);
      await other.bus.subscribe(["{p01}:1", "{p02}:2"]);
      await deaf.bus.subscribe(["{p02}:2"]);
      await one.bus.publish("{p01}:1", bytes("a"));
      await one.bus.publish("{p02}:2", bytes("b"));
      expect(await one.ears.hears(1)).toEqual(["{p01}:1=a"]);
      expect((await other.ears.hears(2)).toSorted()).toEqual(["{p01}:1=a", "{p02}:2=b"]);
      expect(await deaf.ears.hears(1)).toEqual(["{p02}:2=b"]);
      await Promise.all([one, other, deaf].map(({ bus }) => bus.close()));
    });

    test("keeps one publisher's order on a topic, and any bytes", async () => {
      const { bus, ears } = await worker();
      await bus.subscribe(["{p03}:3"]);
      const every = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      await Promise.all(
        Array.from({ length: 50 }, (_, at) => bus.publish("{p03}:3", bytes(`${at}`))),
      );
      await bus.publish("{p03}:3", every);
      const heard = await ears.hears(51);
      expect(heard.slice(0, 50)).toEqual(Array.from({ length: 50 }, (_, at) => `{p03}:3=${at}`));
      expect(heard[50]).toBe(`{p03}:3=${new TextDecoder().decode(every)}`);
      await bus.close();
    });

    test("a topic that was asked for twice is heard once", async () => {
      const { bus, ears } = await worker();
      await bus.subscribe(["{p04}:4"]);
      await bus.subscribe(["{p04}:4", "{p05}:5"]);
      await bus.publish("{p04}:4", bytes("once"));
      await bus.publish("{p05}:5", bytes("end"));
      expect((await ears.hears(2)).toSorted()).toEqual(["{p04}:4=once", "{p05}:5=end"]);
      await bus.close();
    });

    test("leaving and coming back without waiting ends in being there", async () => {
      const { bus, ears } = await worker();
      await bus.subscribe(["{p06}:6"]);
      void bus.unsubscribe(["{p06}:6"]);
      await bus.subscribe(["{p06}:6"]);
      await bus.publish("{p06}:6", bytes("back"));
      expect(await ears.hears(1)).toEqual(["{p06}:6=back"]);
      await bus.close();
    });

    test("who has left a topic, or closed, hears no more; the others do", async () => {
      const [stays, leaves, closes] = [await worker(), await worker(), await worker()];
      for (const { bus } of [stays, leaves, closes]) await bus.subscribe(["{p07}:7"]);
      await leaves.bus.unsubscribe(["{p07}:7", "{p08}:never"]);
      await closes.bus.close();
      await stays.bus.publish("{p07}:7", bytes("still"));
      expect(await stays.ears.hears(1)).toEqual(["{p07}:7=still"]);
      expect([leaves.ears.heard, closes.ears.heard]).toEqual([[], []]);
      await Promise.all([stays.bus.close(), leaves.bus.close()]);
    });
  });
}
