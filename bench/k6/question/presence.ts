/** How soon is it seen that somebody goes away or comes back, by each who looks? */
import type { UserId } from "#wire/ids.ts";
import { allOf } from "../vu/entering.ts";
import { asked, asking, delivered, fault, isMeasured, latency, optionsOf } from "../vu/measure.ts";
import { atRate, timesOf, waitUntil } from "../vu/pace.ts";
import { plan } from "../vu/plan.ts";
import { Seat } from "../vu/seat.ts";
import type { Told } from "../vu/told.ts";

const changes = timesOf(plan.shape);
/** Everybody of a channel looks at everybody of it, oneself too. */
const due = changes * plan.shape.members;
const settleMsMax = 5_000;

export const options = optionsOf({ asked: changes, delivered: due });
export { writeSummary as handleSummary } from "../vu/measure.ts";

/** What somebody did last, and how many have to be told of it. */
interface Change {
  readonly away: boolean;
  readonly plannedMs: number;
  untold: number;
}

const last = new Map<UserId, Change>();
let told = 0;

function hear(event: Told): void {
  if (event.op !== "presence") return;
  const answer = event.read();
  if (answer.op !== "presence") return;
  for (const { user, away } of answer.people) {
    const change = last.get(user);
    if (!change) continue; // Somebody came in, before anything was measured.
    if (change.away !== away || change.untold === 0) {
      fault("somebody was told what was not so");
      continue;
    }
    change.untold--;
    if (!isMeasured(change.plannedMs)) continue;
    told++;
    latency.add(event.atMs - change.plannedMs);
  }
}

export default asking(async () => {
  const seats = await allOf(plan.people, async ({ token }, place) => {
    const seat = await Seat.open({ token, heard: hear });
    const { id } = plan.channels.find(({ members }) => members.includes(place))!;
    await seat.gets("membersPage", { op: "members", channel: id, after: null });
    return seat;
  });
  await atRate(plan.shape, async (index, plannedMs) => {
    const place = index % seats.length;
    const { id } = plan.people[place]!;
    const away = !(last.get(id)?.away ?? false);
    last.set(id, { away, plannedMs, untold: plan.shape.members });
    await seats[place]!.gets("done", { op: "setAway", away });
    if (isMeasured(plannedMs)) asked.add(1);
  });
  await waitUntil(settleMsMax, () => told >= due);
  delivered.add(told);
});
