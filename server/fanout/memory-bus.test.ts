import { describeBus } from "./bus-contract.ts";
import { MemoryHub } from "./memory-bus.ts";

const hub = new MemoryHub();
describeBus("memory", {
  connect: async (ears) => hub.connect(ears.receive),
  end: async () => undefined,
});
