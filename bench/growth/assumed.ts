import type { Costs, Habits, Machine } from "./model.ts";

/** Of 2026-11-29, on two virtual cores; SCALING.md says by which command each was found. */
export const costs: Costs = {
  messageWorkerUs: 80,
  messagePostgresUs: 450,
  deliveryUs: 8,
  busWorkerUs: 85,
  busRedisUs: 20,
  heartbeatUs: 25,
  handshakeWorkerUs: 890,
  handshakePostgresUs: 740,
  pageWorkerUs: 450,
  pagePostgresUs: 690,
  readWorkerUs: 100,
  readPostgresUs: 35,
  readLogBytes: 860,
  readRedisUs: 10,
  presenceWorkerUs: 334,
  presenceRedisUs: 60,
  socketWorkerKb: 13.7,
  socketKernelKb: 9.2,
  subscriptionBytes: 210,
  storedBytes: 393,
  logBytes: 1_000,
};

/** A company at work: everybody says ten messages in the busiest hour, most of them in small channels. */
export const habits: Habits = {
  messagesPerHour: 10,
  listeners: 12,
  channelsPerPerson: 20,
  pagesPerHour: 6,
  arrivalsPerHour: 0.5,
  presenceChangesPerHour: 2,
  // That it came is said at once; of four messages one is read by itself and said by itself, the others together or as they come.
  readsPerDelivery: 1.25,
  // Of the frame a hundred are text and eighty around it; then 4 of WebSocket, 22 of TLS, 52 of TCP and IP.
  bytesPerDelivery: 260,
  // Four small packets.
  bytesPerRead: 320,
  bytesPerHeartbeat: 320,
  busiestShare: 1 / 6,
};

/** Eight dedicated cores of a flat-rate host. Prices are an assumption: put your own in their place. */
export const machine: Machine = {
  cores: 8,
  memoryGb: 32,
  used: 0.5,
  eurosPerMonth: 70,
  eurosPerTerabyteOut: 1,
};
