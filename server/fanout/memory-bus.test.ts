import { describeBus } from "./bus-contract.ts";
import { MemoryHub } from "./memory-bus.ts";

const hub = new MemoryHub();
describeBus("memory", {
  connect: async (ears) => hub.connect((topic, bytes) => ears.receive(topic, bytes)),
  end: async () => undefined,
});
