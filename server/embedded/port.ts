import { createServer, type AddressInfo } from "node:net";
import { hasCode, StartRefused } from "./refused.ts";

/**
 * The port that the workers will share: the wanted one, or a free one for 0. Refuses a port that somebody has, since
 * workers would share it with another Parley of the same user without a word (SO_REUSEPORT).
 */
export async function findPort(host: string, wanted: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const probe = createServer();
  probe.once("error", reject);
  probe.listen({ host, port: wanted, exclusive: true }, () => {
    const { port } = probe.address() as AddressInfo;
    probe.close(() => resolve(port));
  });
  try {
    return await promise;
  } catch (error) {
    throw new StartRefused(sentenceFor(error, host, wanted));
  }
}

function sentenceFor(error: unknown, host: string, port: number): string {
  if (hasCode(error, "EADDRINUSE")) {
    return `Port ${port} is taken by another program: stop that, or set PORT to another one, such as PORT=${port + 1}.`;
  }
  if (hasCode(error, "EACCES", "EPERM")) {
    return `Port ${port} is only for root: set PORT to one above 1023, and let a proxy listen on ${port}.`;
  }
  if (hasCode(error, "EADDRNOTAVAIL", "ENOTFOUND", "EAI_AGAIN")) {
    return `HOST is ${host}, which is no address of this machine: set it to 0.0.0.0 for all of them.`;
  }
  return `Nothing can listen on ${host} port ${port}: ${String(error)}.`;
}
