import type { ChannelId, Seq, StreamId } from "#wire/ids.ts";
import { faultsOf, type Heard, Ledger } from "../../load/ledger.ts";
import { Line } from "../../load/line.ts";
import { bodyPlannedAt, plannedMsOf } from "../../load/planned.ts";
import { asked, delivered, fault, isMeasured } from "./measure.ts";
import { atRate, waitUntil } from "./pace.ts";
import { plan } from "./plan.ts";
import type { Present } from "./seat.ts";
import type { Birth, SharedInterval } from "./shared.ts";

const settleMsMax = 5_000;

/** What somebody hears, and when. */
export type OnHeard = (birth: Birth, atMs: number) => void;

/** Somebody who speaks in one channel. */
export interface Speaker {
  readonly present: Present;
  readonly channel: ChannelId;
}

/** What is said in the plan's channels and heard by their members: every message that the server took, once and in order at each, or it is a fault. */
export class Hall {
  readonly #ledger = new Ledger();
  readonly #onHeard: OnHeard;
  #measured = 0;

  constructor(onHeard: OnHeard) {
    this.#onHeard = onHeard;
  }

  /** What comes to somebody of their channels. */
  seat(place: number): (interval: SharedInterval, atMs: number) => void {
    const hearing = this.hearing(place);
    return ({ stream, births }, atMs) => {
      const heard = hearing.get(stream);
      if (heard) for (const birth of births) this.hear(heard, birth, atMs);
    };
  }

  /** Somebody hears a message. */
  hear(heard: Heard, birth: Birth, atMs: number): void {
    heard.hear(birth.seq);
    if (!isMeasured(birth.plannedMs)) return;
    this.#measured++;
    this.#onHeard(birth, atMs);
  }

  /** What is to be heard by the person at this place among the plan's people. */
  hearing(place: number): Map<StreamId, Heard> {
    const own = plan.channels.filter(({ members }) => members.includes(place));
    return new Map(own.map(({ id }) => [id, this.#ledger.reader(id)]));
  }

  /** Says it in bursts at planned moments, by the speakers in turn, and waits until all is heard. */
  async speak(speakers: readonly Speaker[]): Promise<void> {
    const { shape } = plan;
    const lines = speakers.map((speaker) => new Line((bodies) => this.#say(speaker, bodies)));
    await atRate(shape, (index, plannedMs) => {
      const line = lines[index % lines.length]!;
      line.add(...Array<string>(shape.burst).fill(bodyPlannedAt(plannedMs)));
      return line.emptied();
    });
    await waitUntil(settleMsMax, () => this.#ledger.isComplete);
    const counts = this.#ledger.counts();
    delivered.add(this.#measured);
    for (const sentence of faultsOf(counts)) fault(sentence);
  }

  async #say({ present, channel }: Speaker, bodies: readonly string[]): Promise<void> {
    const drafts = bodies.map((body) => ({ clientMessageId: uuid(), body, rootSeq: null }));
    const told = await present.ask({ op: "send", channel, drafts });
    const refusal = told.op === "refusal" && told.read();
    if (refusal && refusal.op === "refusal") return fault(`refused: ${refusal.code}`);
    const [, , fates] = told.values() as [number, number, [Seq, number, string | null][]];
    for (const [index, [seq, , code]] of fates.entries()) {
      if (code !== null) fault(`refused: ${code}`);
      else {
        this.#ledger.sent(channel, seq);
        if (isMeasured(plannedMsOf(bodies[index]!))) asked.add(1);
      }
    }
  }
}

/** UUIDv7, which k6 does not make: the time in milliseconds, and chance. */
function uuid(): string {
  const time = Date.now().toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`;
}
