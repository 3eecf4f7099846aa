import { expect, test } from "bun:test";
import type { Bus } from "./bus.ts";
import { Relay } from "./relay.ts";

/** A bus whose acknowledgement a test gives, and what is subscribed on it. */
function startRelay() {
  const subscribed = new Set<string>();
  const acknowledged = { next: Promise.resolve() };
  const bus: Bus = {
    publish: async () => undefined,
    subscribe: async (topics) => {
      await acknowledged.next;
      for (const topic of topics) subscribed.add(topic);
    },
    unsubscribe: async (topics) => {
      for (const topic of topics) subscribed.delete(topic);
    },
    close: async () => undefined,
    isHealthy: true,
  };
  return { relay: new Relay(bus), subscribed, acknowledged };
}

test("a topic is followed as long as one socket listens", async () => {
  const { relay, subscribed } = startRelay();
  await relay.follow(["a", "b"]);
  await relay.follow(["b"]);
  relay.unfollow(["a", "b"]);
  expect(subscribed).toEqual(new Set(["b"]));
  relay.unfollow(["b"]);
  relay.unfollow(["b", "never"]);
  expect(subscribed.size).toBe(0);
});

test("who joins a subscription that is under way waits for its acknowledgement too", async () => {
  const { relay, subscribed, acknowledged } = startRelay();
  const slow = Promise.withResolvers<void>();
  acknowledged.next = slow.promise;
  const first = relay.follow(["a"]);
  let joined = false;
  const second = relay.follow(["a"]).then(() => (joined = true));
  await new Promise<void>((resolve) => setImmediate(resolve));
  expect(joined).toBe(false);
  slow.resolve();
  await Promise.all([first, second]);
  expect(subscribed).toEqual(new Set(["a"]));
});

test("where the bus fails nobody follows, and others keep what they had", async () => {
  const { relay, subscribed, acknowledged } = startRelay();
  await relay.follow(["a"]);
  acknowledged.next = Promise.reject(new Error("the bus is away"));
  const both = await Promise.allSettled([relay.follow(["a", "b"]), relay.follow(["b"])]);
  expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(subscribed).toEqual(new Set(["a"]));
  acknowledged.next = Promise.resolve();
  await relay.follow(["b"]);
  relay.unfollow(["b"]);
  expect(subscribed).toEqual(new Set(["a"]));
});
