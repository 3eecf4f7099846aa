/** How soon is somebody in who comes: socket, token, welcome, and the list of their channels? */
import { nowMs } from "../vu/clock.ts";
import { asked, asking, delivered, fault, latency, optionsOf } from "../vu/measure.ts";
import { atRate, timesOf } from "../vu/pace.ts";
import { plan } from "../vu/plan.ts";
import { Seat } from "../vu/seat.ts";

const coming = timesOf(plan.shape);

export const options = optionsOf({ asked: coming, delivered: coming });
export { writeSummary as handleSummary } from "../vu/measure.ts";

export default asking(async () => {
  const seats: Seat[] = [];
  await atRate(plan.shape, async (index, plannedMs) => {
    const { id, token } = plan.people[index]!;
    let told = 0;
    const seat = await Seat.open({
      token,
      heard: ({ op }) => void (told += op === "summary" ? 1 : 0),
    });
    latency.add(nowMs() - plannedMs);
    asked.add(1);
    seats.push(seat);
    if (seat.userId !== id) fault(`welcomed as ${seat.userId}, who is ${id}`);
    if (told !== plan.shape.channels) fault(`told of ${told} channels, not ${plan.shape.channels}`);
  });
  // All are there together, and served.
  for (const seat of seats) {
    await seat.gets("pong", { op: "ping" });
    delivered.add(1);
  }
});
