import { describeBus } from "./bus-contract.ts";
import { MemoryHub } from "./memory-bus.ts";

describeBus("memory", async () => {
  const hub = new MemoryHub();
  return { connect: async (receive) => hub.connect(receive), end: async () => undefined };
});
