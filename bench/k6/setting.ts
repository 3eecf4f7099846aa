import type { ChannelId, Seq } from "#wire/ids.ts";
import { LoadSocket } from "../load/load-socket.ts";
import { Turns } from "#lib/turns.ts";
import { limits } from "#wire/limits.ts";
import {
  atOnceMax,
  type Channel,
  makePopulation,
  type Population,
  type Served,
} from "../load/population.ts";
import { bodyPlannedAt } from "../load/planned.ts";
import type { PlannedChannel } from "./plan.ts";
import type { Shape } from "./targets.ts";

/** Where a question is asked: people, channels, and what was said there before. */
export interface Setting {
  readonly population: Population;
  /** The newest message of each channel in which any was stored. */
  readonly heads: ReadonlyMap<ChannelId, Seq>;
}

export async function makeSetting(server: Served, shape: Shape): Promise<Setting> {
  const population = await makePopulation(server, {
    people: shape.people,
    members: shape.members,
    channelsPerPerson: shape.channels,
  });
  const turns = new Turns(atOnceMax);
  const storing = population.channels.map((channel) =>
    turns.take(async () => [channel.id, await store(server, channel, shape.stored)] as const),
  );
  return { population, heads: new Map(await Promise.all(storing)) };
}

/** The channels with their members by place; people who are not among these are left out. */
export function plannedChannels(
  { population, heads }: Setting,
  people: Population["people"],
): PlannedChannel[] {
  const places = new Map(people.map(({ id }, place) => [id, place]));
  return population.channels.map(({ id, members }) => ({
    id,
    members: members.flatMap((member) => places.get(member.id) ?? []),
    head: heads.get(id) ?? 0,
  }));
}

/** Says so much in a channel, by its first member; the number of the last. */
async function store(server: Served, { id, members }: Channel, count: number): Promise<Seq> {
  if (count === 0) return 0;
  const socket = await LoadSocket.open({ url: server.url, token: members[0]!.token });
  let head = 0;
  for (let left = count; left > 0; left -= limits.draftsPerSendMax) {
    const drafts = Array.from({ length: Math.min(left, limits.draftsPerSendMax) }, () => ({
      clientMessageId: Bun.randomUUIDv7(),
      body: bodyPlannedAt(0),
      rootSeq: null,
    }));
    const { fates } = await socket.gets("sent", { op: "send", channel: id, drafts });
    const refused = fates.find(({ code }) => code !== null);
    if (refused) throw new Error(`What was to be there beforehand was refused: ${refused.code}`);
    head = fates.at(-1)!.seq;
  }
  await socket.leave();
  return head;
}
