/** How soon is a message where no WebSocket goes through: said by POST, heard on streamed responses? */
import { allOf } from "../vu/entering.ts";
import { Hall } from "../vu/hall.ts";
import { asking, latency, optionsOf } from "../vu/measure.ts";
import { timesOf } from "../vu/pace.ts";
import { plan } from "../vu/plan.ts";
import { Streamed } from "../vu/streamed.ts";

const said = timesOf(plan.shape);

export const options = optionsOf({ asked: said, delivered: said * plan.shape.members });
export { writeSummary as handleSummary } from "../vu/measure.ts";

export default asking(async () => {
  const hall = new Hall(({ plannedMs }, atMs) => latency.add(atMs - plannedMs));
  const streams = await allOf(plan.people, ({ token }, place) =>
    Streamed.open({ token, interval: hall.seat(place) }),
  );
  const speakers = plan.channels.flatMap(({ id, members }) =>
    members.map((place) => ({ present: streams[place]!, channel: id })),
  );
  await hall.speak(speakers);
});
