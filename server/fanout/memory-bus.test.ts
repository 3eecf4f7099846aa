import { describeBus } from "./bus-contract.ts";
import { MemoryHub } from "./memory-bus.ts";

const hub = new MemoryHub();
describeBus("memory", {
  connect: async (receive) => hub.connect(receive),
  end: async () => undefined,
});
