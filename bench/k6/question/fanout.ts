/** How soon is a message of a large channel at the last of its members? */
import { allOf } from "../vu/entering.ts";
import { Hall } from "../vu/hall.ts";
import { asking, latency, optionsOf } from "../vu/measure.ts";
import { timesOf } from "../vu/pace.ts";
import { plan } from "../vu/plan.ts";
import { Seat } from "../vu/seat.ts";

const said = timesOf(plan.shape);
const speakersMax = 10;

export const options = optionsOf({ asked: said, delivered: said * plan.people.length });
export { writeSummary as handleSummary } from "../vu/measure.ts";

export default asking(async () => {
  const awaited = new Map<string, number>();
  const hall = new Hall(({ body, plannedMs }, atMs) => {
    const left = (awaited.get(body) ?? plan.people.length) - 1;
    awaited.set(body, left);
    if (left === 0) latency.add(atMs - plannedMs);
  });
  const seats = await allOf(plan.people, ({ token }, place) =>
    Seat.open({ token, interval: hall.seat(place) }),
  );
  const channel = plan.channels[0]!.id;
  await hall.speak(seats.slice(0, speakersMax).map((present) => ({ present, channel })));
});
