/** How soon is what somebody says, once it is durable, at every member of the channel? */
import { allOf } from "../vu/entering.ts";
import { Hall } from "../vu/hall.ts";
import { asking, latency, optionsOf } from "../vu/measure.ts";
import { timesOf } from "../vu/pace.ts";
import { plan } from "../vu/plan.ts";
import { Seat } from "../vu/seat.ts";

const said = timesOf(plan.shape) * plan.shape.burst;

export const options = optionsOf({ asked: said, delivered: said * plan.shape.members });
export { writeSummary as handleSummary } from "../vu/measure.ts";

export default asking(async () => {
  const hall = new Hall(({ plannedMs }, atMs) => latency.add(atMs - plannedMs));
  const seats = await allOf(plan.people, ({ token }, place) =>
    Seat.open({ token, interval: hall.seat(place) }),
  );
  // One of each channel after the other, then the next of each.
  const speakers = Array.from({ length: plan.shape.members }, (_, turn) =>
    plan.channels.map(({ id, members }) => ({ present: seats[members[turn]!]!, channel: id })),
  );
  await hall.speak(speakers.flat());
});
