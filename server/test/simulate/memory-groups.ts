import type { Refusal } from "#wire/codes.ts";
import type { ChannelId, Seq, UserId } from "#wire/ids.ts";
import type { Pointer, Row } from "#wire/row.ts";
import type { GroupChange } from "../../store/group.ts";
import {
  channelTouched,
  type Group,
  joiningsTouched,
  type Member,
  memberRow,
  membershipsGone,
  settingsRow,
} from "../../store/group-rows.ts";
import type { Draft } from "../../store/insert-messages.ts";
import { MemoryChanges } from "./memory-stream.ts";

export interface Channel extends Group {
  head: Seq;
  readonly members: Map<UserId, Member & { pointer: Pointer }>;
  /** By address, in order. */
  readonly messages: Map<Seq, StoredMessage>;
  readonly changes: MemoryChanges;
  readonly begunWith: ReadonlySet<UserId>;
}

/** A user and their own stream: memberships and pointers. */
interface User {
  readonly name: string;
  head: Seq;
  readonly changes: MemoryChanges;
}

export interface StoredMessage {
  readonly draft: Draft;
  readonly seq: Seq;
  readonly createdAt: number;
}

/** A time for which somebody was in a channel, by the numbers of its stream: from joining to leaving. */
export interface Stay {
  readonly since: Seq;
  until: Seq | undefined;
}

/** Somebody is in a channel no more, by the change that took this number there. */
export interface Removal {
  readonly userId: UserId;
  readonly channelId: ChannelId;
  readonly seq: Seq;
}

/** Who is in which group, since when, and what tells of it. Whoever made a group is its admin, and stays. */
export class MemoryGroups {
  protected readonly channels = new Map<ChannelId, Channel>();
  protected readonly users = new Map<UserId, User>();
  protected readonly now: () => number;
  readonly #stays = new Map<string, Stay[]>();
  /** As `revocations`, of memberships. */
  readonly removals: Removal[] = [];

  constructor(now: () => number) {
    this.now = now;
  }

  addUser(id: UserId, name: string): void {
    this.users.set(id, { name, head: 0, changes: new MemoryChanges() });
  }

  /** With members of whom no stream tells. */
  addChannel(id: ChannelId, members: readonly UserId[]): void {
    const channel = this.#addChannel(id, "", members);
    for (const userId of members) {
      const atStart = { readSeq: 0, deliveredSeq: 0, readFrom: 0 };
      channel.members.set(userId, { ...this.#memberOf(userId, "member"), pointer: atStart });
    }
  }

  /** As `createGroup`, for a group that is not there yet. */
  createGroup(id: ChannelId, name: string, maker: UserId, users: readonly UserId[]): GroupChange {
    const channel = this.#addChannel(id, name, [maker, ...users]);
    const members = [
      this.#memberOf(maker, "admin"),
      ...users.map((user) => this.#memberOf(user, "member")),
    ];
    channel.head++;
    channel.changes.set("settings", 0, channel.head);
    return this.#changed(channel, [settingsRow(channel.head, name)], members);
  }

  /** As `addMembers`, of people that there are. */
  addMembers(id: ChannelId, actor: UserId, users: readonly UserId[]): GroupChange | Refusal {
    const channel = this.channels.get(id);
    if (!channel?.members.has(actor)) return { refused: "not_a_member" };
    const fresh = users.filter((user) => !channel.members.has(user));
    const members = fresh.map((user) => this.#memberOf(user, "member"));
    return this.#changed(channel, [], members);
  }

  /** As `removeMember`. */
  removeMember(id: ChannelId, actor: UserId, userId: UserId): GroupChange | Refusal {
    const channel = this.channels.get(id);
    const own = channel?.members.get(actor);
    if (!channel || !own) return { refused: "not_a_member" };
    const { textId } = channel;
    const member = channel.members.get(userId);
    if (!member) return { channelId: id, textId, touched: [] };
    if (userId !== actor && own.role !== "admin") return { refused: "may_not_manage" };
    if (member.role === "admin") throw new Error("the admin stays");

    const before = { ...channel };
    const seq = ++channel.head;
    channel.members.delete(userId);
    channel.changes.set("member", userId, seq);
    this.staysOf(userId, id).at(-1)!.until = seq;
    this.removals.push({ userId, channelId: id, seq });
    const row = { kind: "member", entity: userId, version: seq, body: null } as const;
    const gone = membershipsGone(id, this.#numberUsers(id, [userId]));
    return { channelId: id, textId, touched: [channelTouched(before, [row]), ...gone] };
  }

  /** Whether somebody is in a channel that its maker began with them, and never left it. */
  wasAlwaysIn(userId: UserId, channelId: ChannelId): boolean {
    const [first, ...others] = this.staysOf(userId, channelId);
    const begun = this.channels.get(channelId)!.begunWith;
    return others.length === 0 && first?.until === undefined && begun.has(userId);
  }

  /** The number by which somebody left who is not in a channel: 0 where they never were in it, undefined where they are. */
  leftAt(userId: UserId, channelId: ChannelId): Seq | undefined {
    const last = this.staysOf(userId, channelId).at(-1);
    return last ? last.until : 0;
  }

  memberIds(channelId: ChannelId): UserId[] {
    const members = this.channels.get(channelId)!.members;
    return [...members.keys()].toSorted((one, other) => one - other);
  }

  channelsWithout(userId: UserId): ChannelId[] {
    return [...this.channels.keys()].filter((id) => this.leftAt(userId, id) !== undefined);
  }

  /** When somebody was in a channel, from the first time on. */
  staysOf(userId: UserId, channelId: ChannelId): Stay[] {
    const key = `${userId} ${channelId}`;
    const stays = this.#stays.get(key) ?? [];
    this.#stays.set(key, stays);
    return stays;
  }

  #addChannel(id: ChannelId, name: string, begunWith: readonly UserId[]): Channel {
    const channel: Channel = {
      id,
      textId: `channel ${id}`,
      name,
      head: 0,
      members: new Map(),
      messages: new Map(),
      changes: new MemoryChanges(),
      begunWith: new Set(begunWith),
    };
    this.channels.set(id, channel);
    return channel;
  }

  #memberOf(id: UserId, role: Member["role"]): Member {
    return { id, name: this.users.get(id)!.name, role, joinedAt: new Date(this.now()) };
  }

  /** As `addRows`: `begun` are the rows that its number was given to already. */
  #changed(channel: Channel, begun: readonly Row[], members: readonly Member[]): GroupChange {
    const { id, textId } = channel;
    if (members.length === 0) return { channelId: id, textId, touched: [] };
    const before = { ...channel, head: channel.head - begun.length };
    const rows = members.map((member) => {
      const seq = ++channel.head;
      channel.changes.set("member", member.id, seq);
      this.staysOf(member.id, id).push({ since: seq, until: undefined });
      return memberRow(member, seq);
    });
    for (const member of members) {
      const pointer = this.pointerOnJoining(channel.head, member.id, id);
      channel.members.set(member.id, { ...member, pointer });
    }
    const ids = members.map((member) => member.id);
    const own = joiningsTouched(channel, members, this.#numberJoining(id, ids));
    return {
      channelId: id,
      textId,
      touched: [channelTouched(before, [...begun, ...rows]), ...own],
    };
  }

  pointerOnJoining(head: Seq, _userId: UserId, _channelId: ChannelId): Pointer {
    return { readSeq: head, deliveredSeq: head, readFrom: head };
  }

  #numberJoining(channelId: ChannelId, users: readonly UserId[]): Map<UserId, Seq> {
    this.#numberUsers(channelId, users);
    return new Map(
      users.map((userId) => {
        const user = this.users.get(userId)!;
        user.changes.set("pointer", channelId, ++user.head);
        return [userId, user.head];
      }),
    );
  }

  #numberUsers(channelId: ChannelId, users: readonly UserId[]): Map<UserId, Seq> {
    return new Map(
      users.map((userId) => {
        const user = this.users.get(userId)!;
        user.changes.set("membership", channelId, ++user.head);
        return [userId, user.head];
      }),
    );
  }
}
