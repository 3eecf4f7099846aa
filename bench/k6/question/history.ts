/** How soon is a page of history there, from anywhere in a channel? */
import { limits } from "#wire/limits.ts";
import http from "k6/http";
import type { PlannedChannel } from "../plan.ts";
import { nowMs } from "../vu/clock.ts";
import { allOf } from "../vu/entering.ts";
import { asked, asking, delivered, fault, isMeasured, latency, optionsOf } from "../vu/measure.ts";
import { atRate, timesOf } from "../vu/pace.ts";
import { plan } from "../vu/plan.ts";
import { Seat } from "../vu/seat.ts";

const pages = timesOf(plan.shape);
const rows = limits.pageRowsMax;

export const options = optionsOf({ asked: pages, delivered: pages * rows });
export { writeSummary as handleSummary } from "../vu/measure.ts";

export default asking(async () => {
  const seats =
    plan.target.way === "socket"
      ? await allOf(plan.people, ({ token }) => Seat.open({ token }))
      : [];
  await atRate(plan.shape, async (index, plannedMs) => {
    const channel = plan.channels[index % plan.channels.length]!;
    const place = channel.members[0]!;
    const before = somewhereIn(channel);
    const seat = seats[place];
    const { found, atMs } = seat
      ? await bySocket(seat, channel, before)
      : await byRest(plan.people[place]!.token, channel, before);
    if (found !== rows) fault(`a page of ${found}, not of ${rows}`);
    if (!isMeasured(plannedMs)) return;
    latency.add(atMs - plannedMs);
    asked.add(1);
    delivered.add(found);
  });
});

/** Behind which a whole page lies. */
function somewhereIn({ head }: PlannedChannel): number {
  return head + 1 - Math.floor(Math.random() * (plan.shape.stored - rows));
}

/** How many messages it had, and when it came. */
interface Page {
  readonly found: number;
  readonly atMs: number;
}

async function bySocket(seat: Seat, { id }: PlannedChannel, before: number): Promise<Page> {
  const told = await seat.ask({ op: "history", channel: id, before, limit: rows });
  if (told.op !== "page") fault(`expected page, got ${told.op}`);
  return { found: told.rows, atMs: told.atMs };
}

async function byRest(token: string, { id }: PlannedChannel, before: number): Promise<Page> {
  const url = `${plan.url}/api/v1/channels/${id}/messages?before=${before}&limit=${rows}`;
  const response = await http.asyncRequest("GET", url, null, {
    headers: { authorization: `Bearer ${token}` },
    tags: { name: "history" },
  });
  const atMs = nowMs();
  if (response.status !== 200) {
    fault(`history was answered by ${response.status}`);
    return { found: 0, atMs };
  }
  const { messages } = JSON.parse(response.body as string) as { messages: unknown[] };
  return { found: messages.length, atMs };
}
