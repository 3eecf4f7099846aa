/** What so many people take, from what was measured of each thing that they do. SCALING.md tells what it means, and where it ends. */

/** CPU in microseconds and memory in kilobytes, as `npm run growth` and `npm run load` found them; SCALING.md says by which command. */
export interface Costs {
  /** Of a worker and of PostgreSQL, for each message that is stored, without telling it to anybody. */
  readonly messageWorkerUs: number;
  readonly messagePostgresUs: number;
  /** Of a worker, for each socket that a message is told to, alone in its frame. */
  readonly deliveryUs: number;
  /** Of a worker, and of Redis, for each worker to which a message has to go. */
  readonly busWorkerUs: number;
  readonly busRedisUs: number;
  readonly heartbeatUs: number;
  readonly handshakeWorkerUs: number;
  readonly handshakePostgresUs: number;
  readonly pageWorkerUs: number;
  readonly pagePostgresUs: number;
  /** Of a worker, of PostgreSQL, of its log, and of Redis, for somebody who says what they have received or read, which those who look at the channel are told. */
  readonly readWorkerUs: number;
  readonly readPostgresUs: number;
  readonly readLogBytes: number;
  readonly readRedisUs: number;
  /** Of the workers and of Redis, for a change of presence that twenty see. */
  readonly presenceWorkerUs: number;
  readonly presenceRedisUs: number;
  /** Of a worker and of the kernel, for a socket with twenty channels. */
  readonly socketWorkerKb: number;
  readonly socketKernelKb: number;
  /** Of a Redis, for each topic that a worker follows there. */
  readonly subscriptionBytes: number;
  /** In PostgreSQL's tables and indexes, and in its log, for each message. */
  readonly storedBytes: number;
  readonly logBytes: number;
}

/** What people do in their busiest hour, each of those who are connected. */
export interface Habits {
  readonly messagesPerHour: number;
  /** Of those who are connected, so many hear a message; a channel has as many. */
  readonly listeners: number;
  readonly channelsPerPerson: number;
  readonly pagesPerHour: number;
  readonly arrivalsPerHour: number;
  readonly presenceChangesPerHour: number;
  /** Of each message that somebody hears, so many times they say that they have received or read it. */
  readonly readsPerDelivery: number;
  /** Of a message as it travels, with everything around it, encrypted. */
  readonly bytesPerDelivery: number;
  /** Both ways, with the answer. */
  readonly bytesPerRead: number;
  /** Both ways, every 25 s. */
  readonly bytesPerHeartbeat: number;
  /** Of what is said in a day, so much is said in the busiest hour. */
  readonly busiestShare: number;
}

/** A machine of the kind that is counted, and its price where machines are rented by the month. */
export interface Machine {
  readonly cores: number;
  readonly memoryGb: number;
  /** So much of it is to be used in the busiest hour; the rest is for a machine that fails, and for bursts. */
  readonly used: number;
  readonly eurosPerMonth: number;
  readonly eurosPerTerabyteOut: number;
}

export interface Needs {
  readonly people: number;
  readonly messagesPerSecond: number;
  readonly deliveriesPerSecond: number;
  readonly readsPerSecond: number;
  readonly workerCores: number;
  readonly redisCores: number;
  readonly postgresCores: number;
  /** Of all workers' processes and what their kernels keep for their sockets. */
  readonly memoryGb: number;
  readonly redisMemoryGb: number;
  readonly megabitsPerSecond: number;
  readonly logMegabytesPerSecond: number;
  readonly storedTerabytesPerYear: number;
  /** For workers, Redis and PostgreSQL together, at least three. */
  readonly machines: number;
  readonly eurosPerMonth: number;
}

const heartbeatSeconds = 25;
const daysPerMonth = 30;

/** Everything that so many take in their busiest hour. */
export function needsOf(people: number, costs: Costs, habits: Habits, machine: Machine): Needs {
  const perSecond = (perHour: number): number => (people * perHour) / 3_600;
  const messages = perSecond(habits.messagesPerHour);
  const deliveries = messages * habits.listeners;
  const pages = perSecond(habits.pagesPerHour);
  const arrivals = perSecond(habits.arrivalsPerHour);
  const reads = deliveries * habits.readsPerDelivery;
  const changes = perSecond(habits.presenceChangesPerHour);
  const heartbeats = people / heartbeatSeconds;
  // A worker more is a worker more to which a message has to go, until every listener is on one of their own.
  const workerCoresWith = (workers: number): number =>
    (messages * costs.messageWorkerUs +
      deliveries * costs.deliveryUs +
      messages * hearing(workers, habits.listeners) * costs.busWorkerUs +
      heartbeats * costs.heartbeatUs +
      arrivals * costs.handshakeWorkerUs +
      pages * costs.pageWorkerUs +
      reads * costs.readWorkerUs +
      changes * costs.presenceWorkerUs) /
    1e6;
  // Who may not be away is served by three machines.
  const machinesMin = people > 10_000 ? 3 : 1;
  let workers = machinesMin;
  while (workerCoresWith(workers) > workers * machine.used) workers++;
  const told = messages * hearing(workers, habits.listeners);
  const workerCores = workerCoresWith(workers);
  const redisCores =
    workers === 1
      ? 0
      : (told * costs.busRedisUs + changes * costs.presenceRedisUs + reads * costs.readRedisUs) /
        1e6;
  const postgresCores =
    (messages * costs.messagePostgresUs +
      arrivals * costs.handshakePostgresUs +
      pages * costs.pagePostgresUs +
      reads * costs.readPostgresUs) /
    1e6;
  const memoryGb = (people * (costs.socketWorkerKb + costs.socketKernelKb)) / 1_048_576;
  // Everybody's own stream, and each channel once on every worker where somebody listens.
  const topics =
    people +
    ((people * habits.channelsPerPerson) / habits.listeners) * hearing(workers, habits.listeners);
  const redisMemoryGb = workers === 1 ? 0 : (topics * costs.subscriptionBytes) / 1_073_741_824;
  const bytesPerSecond =
    deliveries * habits.bytesPerDelivery +
    reads * habits.bytesPerRead +
    heartbeats * habits.bytesPerHeartbeat;
  const messagesPerDay = (people * habits.messagesPerHour) / habits.busiestShare;
  const machines = Math.max(
    machinesMin,
    Math.ceil((workerCores + redisCores + postgresCores) / (machine.cores * machine.used)),
    Math.ceil((memoryGb + redisMemoryGb) / (machine.memoryGb * machine.used)),
  );
  // Of what goes both ways half goes out.
  const bytesOutPerDelivery =
    habits.bytesPerDelivery + (habits.readsPerDelivery * habits.bytesPerRead) / 2;
  const bytesOutPerDay =
    messagesPerDay * habits.listeners * bytesOutPerDelivery +
    (heartbeats * habits.bytesPerHeartbeat * 86_400) / 2;
  const terabytesOutPerMonth = (bytesOutPerDay * daysPerMonth) / 1e12;
  return {
    people,
    messagesPerSecond: messages,
    deliveriesPerSecond: deliveries,
    readsPerSecond: reads,
    workerCores,
    redisCores,
    postgresCores,
    memoryGb,
    redisMemoryGb,
    megabitsPerSecond: (bytesPerSecond * 8) / 1e6,
    logMegabytesPerSecond: (messages * costs.logBytes + reads * costs.readLogBytes) / 1e6,
    storedTerabytesPerYear: (messagesPerDay * 365 * costs.storedBytes) / 1e12,
    machines,
    eurosPerMonth:
      machines * machine.eurosPerMonth + terabytesOutPerMonth * machine.eurosPerTerabyteOut,
  };
}

/** Of so many workers, on how many a message's listeners sit, who sit anywhere. */
function hearing(workers: number, listeners: number): number {
  return workers === 1 ? 0 : workers * (1 - (1 - 1 / workers) ** listeners);
}
