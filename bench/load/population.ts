import { Turns } from "#lib/turns.ts";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import { LoadSocket } from "./load-socket.ts";
import type { People, Person } from "./person.ts";

/** A server, and how people come to it. */
export interface Served {
  readonly url: string;
  readonly people: People;
}

/** Somebody with an account. */
export interface Member extends Person {
  readonly id: UserId;
}

export interface Channel {
  readonly id: ChannelId;
  readonly members: readonly Member[];
}

/** People and the channels that they are in. */
export interface Population {
  readonly people: readonly Member[];
  readonly channels: readonly Channel[];
}

export interface Wanted {
  readonly people: number;
  /** Of each channel. */
  readonly members: number;
  readonly channelsPerPerson: number;
}

/** More at once would only wait in the server. */
export const atOnceMax = 64;

/**
 * Makes them as anybody could: each comes in once, and the first of each channel makes it. Everybody is in as many channels as
 * were asked for, always with the same people.
 */
export async function makePopulation(server: Served, wanted: Wanted): Promise<Population> {
  const turns = new Turns(atOnceMax);
  const batch = crypto.randomUUID().slice(0, 8);
  const people = await Promise.all(
    Array.from({ length: wanted.people }, (_, index) =>
      turns.take(() => arrive(server, `${batch}-${index}`)),
    ),
  );
  const groups = Array.from({ length: Math.ceil(people.length / wanted.members) }, (_, index) =>
    people.slice(index * wanted.members, (index + 1) * wanted.members),
  );
  const making = groups.map((members) =>
    turns.take(() => makeChannels(server, members, wanted.channelsPerPerson)),
  );
  return { people, channels: (await Promise.all(making)).flat() };
}

/** The channels of each of the people. */
export function channelsOf({ people, channels }: Population): Map<UserId, ChannelId[]> {
  const own = new Map<UserId, ChannelId[]>(people.map(({ id }) => [id, []]));
  for (const { id: channel, members } of channels) {
    for (const { id } of members) own.get(id)?.push(channel);
  }
  return own;
}

async function arrive(server: Served, name: string): Promise<Member> {
  const person = await server.people.add(name);
  const socket = await LoadSocket.open({ url: server.url, token: person.token });
  await socket.leave();
  return { ...person, id: socket.userId };
}

async function makeChannels(
  server: Served,
  members: readonly Member[],
  count: number,
): Promise<Channel[]> {
  const [maker, ...others] = members;
  const socket = await LoadSocket.open({ url: server.url, token: maker!.token });
  const channels: Channel[] = [];
  while (channels.length < count) {
    const created = await socket.gets("created", {
      op: "createGroup",
      id: crypto.randomUUID(),
      name: `${maker!.name} ${channels.length}`,
      users: [],
    });
    for (let at = 0; at < others.length; at += limits.usersPerAddMax) {
      const users = others.slice(at, at + limits.usersPerAddMax).map(({ id }) => id);
      await socket.gets("done", { op: "addMembers", channel: created.channel, users });
    }
    channels.push({ id: created.channel, members });
  }
  await socket.leave();
  return channels;
}
