import { kernelBytes } from "../../load/processes.ts";
import { settled } from "../../load/scenario/idle.ts";
import { Choir } from "../choir.ts";
import type { Contestant } from "../contestant.ts";
import type { Extent, Question } from "../question.ts";

const perSocket = "server: RSS KB per socket";
const kernelPerSocket = "kernel's slab KB per socket, both ends";
/** Enough that the code has been through its ways once. */
const firstSockets = 50;

interface Idle extends Extent {
  readonly sockets: number;
}

/** In one channel, with a server that is new each time. */
export function idle({ sockets: wanted, socketsMax }: Idle): Question {
  const sockets = Math.min(wanted, socketsMax);
  return {
    name: `idle-${wanted}`,
    asks: `What memory does an idle socket take, of ${sockets}?`,
    figures: [perSocket],
    isCold: true,
    ask: async (contestant) => {
      await contestant.prepare({ sockets, members: sockets });
      return { run: () => sit(contestant, sockets), end: () => Promise.resolve() };
    },
  };
}

async function sit(contestant: Contestant, sockets: number) {
  await contestant.renew();
  const rssBytes = (): number => contestant.spent().rssBytes;
  const few = { sockets: Math.min(firstSockets, sockets), members: sockets };
  await (await Choir.open(contestant, few)).leave();
  await settled(rssBytes);
  const [rss, kernel] = [rssBytes(), kernelBytes()];

  const choir = await Choir.open(contestant, { sockets, members: sockets });
  await settled(rssBytes);
  const figures = {
    [perSocket]: (rssBytes() - rss) / 1_024 / sockets,
    [kernelPerSocket]: (kernelBytes() - kernel) / 1_024 / sockets,
  };
  // Memory of sockets that hear nothing would say nothing.
  choir.begin();
  await choir.say(0);
  await choir.complete();
  const faults = choir.faults();
  await choir.leave();
  return { figures, faults };
}
