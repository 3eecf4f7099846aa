import { BlockList, isIP } from "node:net";

export interface Proxies {
  /** The client's address: the peer's, or what the proxies that are trusted say in `X-Forwarded-For`. */
  addressOf(request: Request, peer: string): string;
  /** Whether the client speaks https, to us or to a trusted proxy. */
  cameByHttps(request: Request, peer: string): boolean;
}

/** Reads who a request is from. A header is believed only as far as it was written by `trustedProxies`. */
export function createProxies(trustedProxies: readonly string[]): Proxies {
  const trusted = new BlockList();
  for (const network of trustedProxies) {
    const [address = "", bits] = network.split("/");
    if (bits === undefined) trusted.addAddress(address, familyOf(address));
    else trusted.addSubnet(address, Number(bits), familyOf(address));
  }
  const isTrusted = (address: string) =>
    isIP(address) !== 0 && trusted.check(address, familyOf(address));

  return {
    addressOf: (request, peer) => {
      let address = plain(peer);
      const hops = listOf(request.headers.get("x-forwarded-for"));
      // From the right: each trusted proxy has appended whom it heard. What stands left of a stranger is hearsay.
      while (isTrusted(address)) {
        const hop = plain(hops.pop() ?? "");
        if (isIP(hop) === 0) break;
        address = hop;
      }
      return address;
    },
    cameByHttps: (request, peer) =>
      new URL(request.url).protocol === "https:" ||
      (isTrusted(plain(peer)) &&
        listOf(request.headers.get("x-forwarded-proto")).at(-1) === "https"),
  };
}

function listOf(header: string | null): string[] {
  return (header ?? "").split(",").map((part) => part.trim());
}

/** A socket that listens on both families writes IPv4 addresses as IPv6. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}
