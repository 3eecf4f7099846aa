/** How soon is the list of somebody's many channels there? */
import { limits } from "#wire/limits.ts";
import http from "k6/http";
import { nowMs } from "../vu/clock.ts";
import { allOf } from "../vu/entering.ts";
import { asked, asking, delivered, fault, isMeasured, latency, optionsOf } from "../vu/measure.ts";
import { atRate, timesOf } from "../vu/pace.ts";
import { plan } from "../vu/plan.ts";
import { Seat } from "../vu/seat.ts";

const times = timesOf(plan.shape);
/** A socket gets all in one answer, REST a page. */
const each =
  plan.target.way === "socket"
    ? plan.shape.channels
    : Math.min(plan.shape.channels, limits.pageRowsMax);

export const options = optionsOf({ asked: times, delivered: times * each });
export { writeSummary as handleSummary } from "../vu/measure.ts";

export default asking(async () => {
  const lists = plan.people.map((): List => ({ found: 0, atMs: 0 }));
  const enter = ({ token }: { readonly token: string }, place: number): Promise<Seat> =>
    Seat.open({
      token,
      heard: ({ op, atMs }) => {
        if (op === "summary") lists[place] = { found: lists[place]!.found + 1, atMs };
      },
    });
  const seats = plan.target.way === "socket" ? await allOf(plan.people, enter) : [];
  const bySocket = async (seat: Seat, place: number): Promise<List> => {
    lists[place] = { found: 0, atMs: 0 };
    await seat.gets("done", { op: "summaries", channels: plan.channels.map(({ id }) => id) });
    return lists[place];
  };
  await atRate(plan.shape, async (index, plannedMs) => {
    const place = index % plan.people.length;
    const seat = seats[place];
    const { found, atMs } = seat
      ? await bySocket(seat, place)
      : await byRest(plan.people[place]!.token);
    if (found !== each) fault(`a list of ${found}, not of ${each}`);
    if (!isMeasured(plannedMs)) return;
    latency.add(atMs - plannedMs);
    asked.add(1);
    delivered.add(found);
  });
});

/** How many channels it had, and when the last of them came. */
interface List {
  readonly found: number;
  readonly atMs: number;
}

async function byRest(token: string): Promise<List> {
  const response = await http.asyncRequest(
    "GET",
    `${plan.url}/api/v1/channels?limit=${each}`,
    null,
    {
      headers: { authorization: `Bearer ${token}` },
      tags: { name: "list" },
    },
  );
  const atMs = nowMs();
  if (response.status !== 200) {
    fault(`the list was answered by ${response.status}`);
    return { found: 0, atMs };
  }
  const { channels } = JSON.parse(response.body as string) as { channels: unknown[] };
  return { found: channels.length, atMs };
}
