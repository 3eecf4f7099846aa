import { expect, test } from "bun:test";
import { paceLimits } from "../session/pace.ts";
import { policy } from "./policy.ts";
import { costOf } from "./request-cost.ts";

const routesThat = (is: (cost: ReturnType<typeof costOf>) => boolean): string[] =>
  Object.keys(policy).filter((route) => is(costOf(route)));

test("S8: a message by HTTP is one, what changes a group counts as its command, and all else as one", () => {
  expect(routesThat(({ ofUser }) => ofUser === "a message")).toEqual([
    "POST /api/v1/channels/:channel/messages",
  ]);
  expect(routesThat(({ ofUser }) => ofUser === paceLimits.groupCommandCost)).toEqual([
    "POST /api/v1/channels",
    "PATCH /api/v1/channels/:channel",
    "DELETE /api/v1/channels/:channel",
    "POST /api/v1/channels/:channel/members",
    "PATCH /api/v1/channels/:channel/members/:user",
    "DELETE /api/v1/channels/:channel/members/:user",
  ]);
  const [message, group] = [["a message"], [paceLimits.groupCommandCost]] as unknown[][];
  const others = routesThat(({ ofUser }) => !message!.concat(group!).includes(ofUser));
  expect(new Set(others.map((route) => costOf(route).ofUser))).toEqual(new Set([1]));
});

test("S8: an address pays for what asks a database; what comes from memory is given to everybody", () => {
  expect(routesThat(({ ofAddress }) => ofAddress === 0)).toEqual([
    "GET /livez",
    "GET /healthz",
    "GET /openapi.json",
    "GET /docs",
    "GET /docs/:file",
    "GET /*",
  ]);
});
