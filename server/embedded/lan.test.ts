import { expect, test } from "bun:test";
import type { NetworkInterfaceInfo } from "node:os";
import { isLoopback, lanAddressOf } from "./lan.ts";

function at(address: string, internal = false): NetworkInterfaceInfo[] {
  const family = address.includes(":") ? "IPv6" : "IPv4";
  return [{ address, family, internal } as NetworkInterfaceInfo];
}

const machine = {
  lo: at("127.0.0.1", true),
  docker0: at("172.17.0.1"),
  "br-5ee1": at("172.18.0.1"),
  eth0: at("203.0.113.9"),
  eth1: at("fd00::5"),
  wlan0: at("192.168.178.23"),
};

test("where everybody is let in, the address in the home network is shown, not one of containers", () => {
  expect(lanAddressOf("0.0.0.0", machine)).toBe("192.168.178.23");
  expect(lanAddressOf("::", machine)).toBe("192.168.178.23");
  expect(lanAddressOf("0.0.0.0", { lo: machine.lo, eth0: machine.eth0 })).toBe("203.0.113.9");
  expect(lanAddressOf("0.0.0.0", { lo: machine.lo, docker0: machine.docker0 })).toBeUndefined();
});

test("an address of HOST is shown when it is this machine's; a loopback address never is", () => {
  expect(lanAddressOf("203.0.113.9", machine)).toBe("203.0.113.9");
  expect(lanAddressOf("192.168.178.99", machine)).toBeUndefined();
  for (const host of ["127.0.0.1", "127.0.1.1", "::1", "localhost"]) {
    expect(isLoopback(host)).toBe(true);
    expect(lanAddressOf(host, machine)).toBeUndefined();
  }
  expect(isLoopback("127.example.org")).toBe(false);
});
