import { decodeAnswers } from "#wire/codec.ts";
import type { Event } from "#wire/event.ts";
import type { UserId } from "#wire/ids.ts";
import type { Told } from "./feed.ts";

interface Ears {
  /** Of people who are seen otherwise. */
  heard(people: readonly Told[]): void;
  /** To the sockets of this worker that watch the user. */
  tell(user: UserId, event: Event): void;
}

/** People of one partition came, went or said something of themselves, on whichever worker: each is told to those who watch them here. */
export function hearFeed(ears: Ears, frame: Uint8Array): void {
  for (const event of decodeAnswers(frame)) {
    if (event.op === "statusChanged") ears.tell(event.user, event);
    if (event.op !== "presence") continue;
    ears.heard(event.people);
    for (const person of event.people) ears.tell(person.user, { op: "presence", people: [person] });
  }
}
