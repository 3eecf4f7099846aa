import { type NetworkInterfaceInfo, networkInterfaces } from "node:os";

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

const everywhere = new Set(["0.0.0.0", "::"]);
const loopback = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/i;

/** Networks of containers and tunnels: no phone is in them. */
const notForPhones =
  /^(docker|br-|veth|virbr|vmnet|vboxnet|cni|flannel|cali|podman|tun|tap|wg|utun|tailscale)/;
const atHome = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/;

/** Whether only this machine reaches who listens there. */
export function isLoopback(host: string): boolean {
  return loopback.test(host);
}

/**
 * The IPv4 address by which other devices of the network reach who listens on `host`; undefined where there is none. A private
 * address comes first: that is where the phones are.
 */
export function lanAddressOf(
  host: string,
  interfaces: Interfaces = networkInterfaces(),
): string | undefined {
  if (isLoopback(host)) return undefined;

  const addresses = Object.entries(interfaces)
    .filter(([name]) => !notForPhones.test(name))
    .flatMap(([, found]) => found ?? [])
    .filter(({ family, internal }) => family === "IPv4" && !internal)
    .map(({ address }) => address);
  if (!everywhere.has(host)) return addresses.find((address) => address === host);
  return addresses.find((address) => atHome.test(address)) ?? addresses[0];
}
