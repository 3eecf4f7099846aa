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
  return { population, heads: await storeIn(population.channels, server, shape.stored) };
}

/** Says so much in each channel, by its first member; the number of the last of each. */
async function storeIn(
  channels: readonly Channel[],
  server: Served,
  count: number,
): Promise<Map<ChannelId, Seq>> {
  if (count === 0) return new Map();
  const turns = new Turns(atOnceMax);
  // One socket for all channels of one speaker: a user may have no more than `socketsPerUserMax`.
  const bySpeaker = Map.groupBy(channels, ({ members }) => members[0]!);
  const storing = [...bySpeaker].map(([{ token }, own]) =>
    turns.take(async () => {
      const socket = await LoadSocket.open({ url: server.url, token });
      const heads: [ChannelId, Seq][] = [];
      for (const { id } of own) heads.push([id, await say(socket, id, count)]);
      await socket.leave();
      return heads;
    }),
  );
  return new Map((await Promise.all(storing)).flat());
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

/** The number of the last. */
async function say(socket: LoadSocket, channel: ChannelId, count: number): Promise<Seq> {
  let head = 0;
  for (let left = count; left > 0; left -= limits.draftsPerSendMax) {
    const drafts = Array.from({ length: Math.min(left, limits.draftsPerSendMax) }, () => ({
      clientMessageId: Bun.randomUUIDv7(),
      body: bodyPlannedAt(0),
      rootSeq: null,
    }));
    const { fates } = await socket.gets("sent", { op: "send", channel, drafts });
    const refused = fates.find(({ code }) => code !== null);
    if (refused) throw new Error(`What was to be there beforehand was refused: ${refused.code}`);
    head = fates.at(-1)!.seq;
  }
  return head;
}
