-- migrate:up

create type message_place as (seq bigint, created_at timestamptz);

-- Stores drafts: the way of a message, step 5. Two statements, each with its own snapshot: a single one would number from a head
-- that it read before it waited for the lock, and so lose a draft.
--
-- One row per draft, in order. `refused` is a refusal's code, or null: then the message stands at `seq`, and `born` says whether this
-- call numbered it. `head_before` is the head of the draft's channel before the call.
--
-- One row set from the arrays to the answer: what is looked up comes by scalar subqueries, what drafts know of each other by windows.
-- A join of the drafts with themselves or with a table would be quadratic or left to the planner, who judges by tables that were empty
-- when it looked; even an `exists` could become a hash of all messages. So every look-up goes through an index.
create function insert_messages(
  p_channels bigint[], p_authors bigint[], p_client_ids uuid[], p_bodies text[], p_roots bigint[], p_sends int[]
) returns table (
  ord bigint, seq bigint, created_at timestamptz, refused text, born boolean, head_before bigint
)
language plpgsql
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
  v_locked bigint;
  v_now timestamptz;
begin
  -- Local to the transaction, so that the commit itself is durable whatever the session's default says.
  perform set_config('synchronous_commit', 'on', true), set_config('lock_timeout', '100ms', true);

  perform 1 from channels where channels.id = any (p_channels) order by channels.id for no key update;
  get diagnostics v_locked = row_count;

  v_now := date_trunc('milliseconds', clock_timestamp());
  return query
  with draft as materialized (
    select d.ord, d.channel_id, d.author_id, d.client_id, d.body, d.root_seq, d.send,
           (select c.head from channels c where c.id = d.channel_id) as head,
           (select c.deleted_at is null from channels c where c.id = d.channel_id) as there,
           (select m.may_write from members m where m.channel_id = d.channel_id and m.user_id = d.author_id) as may_write,
           (select u.active from users u where u.id = d.author_id) as active,
           (select r.root_seq is null from messages r where r.channel_id = d.channel_id and r.seq = d.root_seq) as root_known,
           (select row(k.seq, k.created_at)::message_place from messages k
             where k.channel_id = d.channel_id and k.author_id = d.author_id and k.client_message_id = d.client_id) as known
      from unnest(p_channels, p_authors, p_client_ids, p_bodies, p_roots, p_sends)
           with ordinality as d (channel_id, author_id, client_id, body, root_seq, send, ord)
  ), judged as (
    select draft.*,
           case when (known).seq is not null then null
                when active is not true then 'user_inactive'
                when may_write is null then 'not_a_member'
                when there is not true then 'channel_gone'
                when not may_write then 'may_not_write'
                when draft.root_seq is not null and root_known is not true then 'root_unknown'
           end as no
      from draft
  ), attempted as (
    -- What was stored before is answered with its place, also behind a refused draft: that is the truth.
    select judged.*, (known).seq is null and judged.ord > min(judged.ord) filter (where no is not null) over (partition by send) as skip
      from judged
  ), collapsed as (
    select attempted.*,
           (known).seq is null and no is null and skip is not true as good,
           min(attempted.ord) filter (where (known).seq is null and no is null and skip is not true)
             over (partition by channel_id, author_id, client_id) as first_ord
      from attempted
  ), numbered as (
    select collapsed.*,
           case when good and collapsed.ord = first_ord then
             head + count(*) filter (where good and collapsed.ord = first_ord) over (partition by channel_id order by collapsed.ord)
           end as new_seq
      from collapsed
  ), fated as materialized (
    select numbered.*, max(new_seq) over (partition by channel_id, author_id, client_id) as given_seq
      from numbered
  ), inserted as (
    insert into messages (channel_id, seq, author_id, client_message_id, counts, root_seq, created_at, body)
    select f.channel_id, f.new_seq, f.author_id, f.client_id, f.root_seq is null, f.root_seq, v_now, f.body
      from fated f
     where f.new_seq is not null
     order by f.channel_id, f.new_seq
  ), moved as (
    update channels
       set head = g.head, last_message_seq = coalesce(g.last, channels.last_message_seq)
      from (select f.channel_id, max(f.new_seq) as head, max(f.new_seq) filter (where f.root_seq is null) as last
              from fated f where f.new_seq is not null group by f.channel_id) g
     where channels.id = g.channel_id
  )
  select f.ord,
         case when f.good then f.given_seq else (f.known).seq end,
         coalesce((f.known).created_at, v_now),
         case when f.skip then 'skipped' else f.no end,
         f.new_seq is not null,
         f.head
    from fated f
   order by f.ord;

  -- A channel that came to be between the two statements was seen by the second without its lock: all of it once more.
  if (select count(*) from channels where channels.id = any (p_channels)) <> v_locked then
    raise exception 'a channel was created while others were being locked' using errcode = 'serialization_failure';
  end if;
end $$;

-- Moves pointers, clamped to the head; `read` and `delivered` only grow, `read_from` grows with `read` and is set where it is given.
-- One row per member whose pointers really moved, with the number that it took in the user's own stream; `seen` where others see it.
create function move_pointers(
  p_channels bigint[], p_users bigint[], p_read bigint[], p_delivered bigint[], p_read_from bigint[]
) returns table (
  channel_id bigint, user_id bigint, read_seq bigint, delivered_seq bigint, read_from bigint, seq bigint, seen boolean
)
language plpgsql
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
  perform set_config('synchronous_commit', 'on', true);
  perform 1 from users where users.id = any (p_users) order by users.id for no key update;

  return query
  with asked as materialized (
    -- `least` passes over nulls: a pointer that is not asked for must stay one.
    select m.channel_id, m.user_id, m.read_seq as old_read, m.delivered_seq as old_delivered, m.read_from as old_from,
           greatest(m.read_seq, t.read) as new_read,
           greatest(m.delivered_seq, t.delivered, t.read) as new_delivered,
           coalesce(t.read_from, greatest(m.read_from, t.read)) as new_from
      from unnest(p_channels, p_users, p_read, p_delivered, p_read_from) as p (channel_id, user_id, read, delivered, read_from)
      join members m on m.channel_id = p.channel_id and m.user_id = p.user_id
      join channels c on c.id = m.channel_id and c.deleted_at is null
     cross join lateral (
       select case when p.read is not null then least(p.read, c.head) end as read,
              case when p.delivered is not null then least(p.delivered, c.head) end as delivered,
              case when p.read_from is not null then least(p.read_from, c.head) end as read_from
     ) t
  ), moving as materialized (
    select a.*, u.head + row_number() over (partition by a.user_id order by a.channel_id) as new_seq
      from asked a join users u on u.id = a.user_id
     where (a.old_read, a.old_delivered, a.old_from) is distinct from (a.new_read, a.new_delivered, a.new_from)
  ), pointed as (
    update members m set read_seq = g.new_read, delivered_seq = g.new_delivered, read_from = g.new_from
      from moving g where m.channel_id = g.channel_id and m.user_id = g.user_id
  ), headed as (
    update users u set head = g.head
      from (select moving.user_id, max(moving.new_seq) as head from moving group by moving.user_id) g
     where u.id = g.user_id
  ), changed as (
    insert into changes as old (stream_id, kind, entity, seq)
    select g.user_id, 5, g.channel_id, g.new_seq from moving g
    on conflict (stream_id, kind, entity) do update set seq = excluded.seq
  )
  select g.channel_id, g.user_id, g.new_read, g.new_delivered, g.new_from, g.new_seq,
         g.new_read > g.old_read or g.new_delivered > g.old_delivered
    from moving g;
end $$;

-- migrate:down
drop function move_pointers(bigint[], bigint[], bigint[], bigint[], bigint[]);
drop function insert_messages(bigint[], bigint[], uuid[], text[], bigint[], int[]);
drop type message_place;
