import type { ChannelId, Seq, UserId } from "#wire/ids.ts";
import type { MemberRole } from "#wire/row.ts";
import type { Statements, Transaction } from "./account.ts";
import { beginChanging, type Change, numberUsers, type Touched, writeChanges } from "./change.ts";
import type { Database } from "./database.ts";
import { membershipChanges, membershipTouched } from "./group-rows.ts";

/** "demo" in ASCII: loading and the beginning of a removal stand in one queue. */
export const demoLock = 0x64656d6f;

/** Administrative work holds a channel for at most this many rows. */
export const demoRowsMax = 1_000;

export interface DemoPerson {
  readonly id: UserId;
  readonly name: string;
}

export interface NewDemoPerson {
  readonly name: string;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
}

/** Somebody in a channel of the example, and how many of its messages they have read. */
export interface ToldMember {
  readonly user: UserId;
  readonly role: MemberRole;
  readonly read: number;
  readonly joinedAt: Date;
}

export interface ToldMessage {
  readonly author: UserId;
  readonly at: Date;
  readonly body: string;
}

/** A channel that comes to be with what was said in it. */
export interface ToldChannel {
  readonly textId: string;
  readonly kind: "group" | "direct";
  readonly name: string | null;
  readonly createdBy: UserId;
  readonly members: readonly ToldMember[];
  /** In the order of their times. */
  readonly messages: readonly ToldMessage[];
}

/** The people of the example, by name; nobody where it is not loaded. */
export async function readDemoPeople(sql: Statements): Promise<DemoPerson[]> {
  return await sql<DemoPerson[]>`
    select users.id, users.name from demo_people join users on users.id = demo_people.user_id
     order by lower(users.name), users.id`;
}

/**
 * Stores the example in one transaction, all of it or nothing: its people, then the channels that are made of them. Resolves with what the
 * owner's own stream got; everybody else in it came to be just now and listens to nothing. Refuses where an example is there, also one whose
 * removal is not finished.
 */
export async function insertDemo(
  sql: Database,
  owner: UserId,
  people: readonly NewDemoPerson[],
  channelsOf: (people: readonly DemoPerson[]) => readonly ToldChannel[],
): Promise<Touched[] | { readonly refused: "demo_loaded" }> {
  return sql.begin(async (tx): Promise<Touched[] | { refused: "demo_loaded" }> => {
    await beginChanging(tx);
    await tx`select pg_advisory_xact_lock(${demoLock})`;
    const [known] = await tx`select from demo_people union all select from demo_channels limit 1`;
    if (known) return { refused: "demo_loaded" };

    const made = await tx<DemoPerson[]>`
      insert into users (name, created_at, last_seen_at)
      select * from unnest(
        ${people.map(({ name }) => name)}::text[],
        ${people.map(({ createdAt }) => createdAt.toISOString())}::timestamptz[],
        ${people.map(({ lastSeenAt }) => lastSeenAt.toISOString())}::timestamptz[])
      returning id, name`;
    await tx`insert into demo_people select * from unnest(${made.map(({ id }) => id)}::bigint[])`;
    const touched: Touched[] = [];
    for (const channel of channelsOf(made)) {
      touched.push(...(await insertToldChannel(tx, channel, made)).filter(isOf(owner)));
    }
    return touched;
  });
}

const isOf =
  (user: UserId) =>
  ({ stream }: Touched): boolean =>
    stream === user;

/** The users are locked first: the channel is new and nobody can hold it, see `direct-channel.ts`. */
async function insertToldChannel(
  tx: Transaction,
  { textId, kind, name, createdBy, members, messages }: ToldChannel,
  people: readonly DemoPerson[],
): Promise<Touched[]> {
  if (messages.length > demoRowsMax) throw new Error(`${name} is longer than ${demoRowsMax} rows`);

  const users = members.map(({ user }) => user);
  const heads = await numberUsers(tx, users);
  // A group's settings, the members, then what was said: every one has its number.
  const firstMember = kind === "group" ? 2 : 1;
  const born = firstMember + members.length - 1;
  const head = born + messages.length;
  const [made] = await tx<{ id: ChannelId }[]>`
    insert into channels (text_id, kind, name, head, last_message_seq, created_by, created_at)
    values (${textId}, ${kind}, ${name}, ${head}, ${messages.length === 0 ? 0 : head}, ${createdBy},
            ${members[0]!.joinedAt})
    returning id`;
  const { id } = made!;
  await tx`insert into demo_channels values (${id})`;
  await insertMembers(tx, id, { members, messages, born });
  await tx`
    insert into messages (channel_id, seq, author_id, client_message_id, created_at, body)
    select ${id}, ${born} + said.place, said.author, gen_random_uuid(), said.at, said.body
      from unnest(
        ${messages.map(({ author }) => author)}::bigint[],
        ${messages.map(({ at }) => at.toISOString())}::timestamptz[],
        ${messages.map(({ body }) => body)}::text[]) with ordinality as said (author, at, body, place)`;
  await writeChanges(tx, [
    ...(kind === "group" ? [{ stream: id, kind: "settings", entity: 0, seq: 1 } as const] : []),
    ...users.map((user, at): Change => ({
      stream: id,
      kind: "member",
      entity: user,
      seq: firstMember + at,
    })),
    ...membershipChanges(id, heads),
  ]);
  return members.map(({ user, role, joinedAt }) => {
    const other = kind === "direct" ? users.find((one) => one !== user) : undefined;
    const peer = people.find((person) => person.id === other) ?? null;
    const body = { textId, kind, name, role, peer, joinedAt: joinedAt.getTime() };
    return membershipTouched(id, user, heads.get(user)!, body);
  });
}

/** With their pointers behind what they have read. The example's people have everything on their device; the owner's comes and says so itself. */
async function insertMembers(
  tx: Transaction,
  channel: ChannelId,
  { members, messages, born }: Pick<ToldChannel, "members" | "messages"> & { readonly born: Seq },
): Promise<void> {
  const marks = members.map(({ read }) => messages[read - 1]?.at.getTime() ?? null);
  await tx`
    insert into members (channel_id, user_id, role, joined_at, read_seq, delivered_seq, read_from, read_marks, delivered_marks)
    select ${channel}, m.id, m.role, m.joined_at, m.read, m.read, m.read, marks, marks
      from unnest(
        ${members.map(({ user }) => user)}::bigint[], ${members.map(({ role }) => role)}::text[],
        ${members.map(({ joinedAt }) => joinedAt.toISOString())}::timestamptz[],
        ${members.map(({ read }) => born + read)}::bigint[], ${marks}::bigint[]) as m (id, role, joined_at, read, read_at),
      lateral (select case when m.read_at is null then '{}'::bigint[] else array[m.read, m.read_at] end as marks) marked`;
}
