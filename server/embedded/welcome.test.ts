import { expect, test } from "bun:test";
import { qrLines } from "./qr.ts";
import { type Ready, welcomeLines } from "./welcome.ts";

const ready: Ready = {
  version: "0.1.0",
  url: "http://localhost:3000",
  link: "http://localhost:3000/setup#code=abc",
  dataDir: "/srv/parley",
  moved: undefined,
  lanUrl: undefined,
  missing: undefined,
  isAlone: false,
};

test("S14: a terminal shows the address in the network, with a code for a phone's camera", () => {
  const lanUrl = "http://192.168.178.23:3000";
  const lines = welcomeLines({ ...ready, lanUrl });
  expect(lines).toContain(`From your network     ${lanUrl}`);
  expect(lines.join("\n")).toContain(qrLines(lanUrl).join("\n"));
  // What makes an owner is not shown to whoever sees the screen from afar.
  expect(lines.join("\n")).not.toContain(qrLines(ready.link!).join("\n"));
});

test("D2: what is missing for the use of all cores is said before anything else", () => {
  const missing = "One of 8 cores is used: for all of them install redis-server.";
  expect(welcomeLines({ ...ready, missing })[0]).toBe(missing);
});

test("who listens for this machine alone is told how others get in; behind PUBLIC_URL neither is said", () => {
  expect(welcomeLines({ ...ready, isAlone: true })).toContain(
    "From your network     not yet: HOST=0.0.0.0 lets other devices in.",
  );
  expect(welcomeLines({ ...ready, url: "https://chat.example.org", link: undefined })).toEqual([
    "",
    "Parley 0.1.0 is at    https://chat.example.org",
    "Its data lies in      /srv/parley",
    "Ctrl-C ends it.",
  ]);
});
