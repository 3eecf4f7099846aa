import { describeRegistry } from "./registry-contract.ts";
import { MemoryRegistry } from "./registry.ts";

describeRegistry("memory", async () => new MemoryRegistry());
