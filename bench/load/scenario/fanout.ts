import { Audience } from "../audience.ts";
import { BareLoop } from "../bare-loop.ts";
import { repeated, runOf } from "../measure.ts";
import { makePopulation } from "../population.ts";
import { scenario } from "../scenario.ts";
import { speakInTurn } from "../speaking.ts";

const bareCpu = "bare loop: CPU s per million deliveries";
const ownCpu = "worker CPU s per million deliveries";
const ratio = "worker CPU over the bare loop's";

export const fanout = scenario(
  "What does a delivery cost, and what over a bare publish loop?",
  {
    /** All of them in one channel. */
    sockets: 200,
    /** Speakers, each with one unanswered message. */
    inFlight: 50,
    /** Of the bare loop's frames: a message's text alone. With who said it and when it is twice that. */
    bareBytes: 100,
  },
  async ({ server, cores }, { sockets, inFlight, bareBytes, runs, seconds }) => {
    const population = await makePopulation(server, {
      people: sockets,
      members: sockets,
      channelsPerPerson: 1,
    });
    const audience = await Audience.open(server, population);
    await using bare = await BareLoop.start({ sockets, frameBytes: bareBytes, cores });
    const channel = population.channels[0]!.id;
    const speakers = audience.seats.slice(0, inFlight).map(({ socket }) => ({ socket, channel }));

    const measured = await repeated(runs, async () => {
      const beside = await bare.run(inFlight, seconds);
      const measure = audience.begin();
      const own = await runOf(server, measure, () =>
        speakInTurn(speakers, { drafts: 1, seconds }, measure),
      );
      const figures = { ...own.figures, ...beside.figures };
      return {
        faults: [...own.faults, ...beside.faults],
        figures: { ...figures, [ratio]: figures[ownCpu]! / figures[bareCpu]! },
      };
    });
    await audience.leave();
    return { runs: measured, goals: { [ratio]: { max: 1.2 } } };
  },
);
