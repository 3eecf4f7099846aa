-- migrate:up

create type message_place as (seq bigint, created_at timestamptz);

-- Stores drafts: the way of a message, step 5. Two statements, each with its own snapshot: a single one would number from a head
-- that it read before it waited for the lock, and so lose a draft.
--
-- One row per draft, in order. `refused` is a refusal's code, or null: then the message stands at `seq`, and `born` says whether this
-- call numbered it. Heads are those of the draft's channel before and after the call.
--
-- The joins are scalar subqueries and sequential scans are off: every look-up goes through an index whatever the planner thinks of
-- tables that were empty when it looked.
create function insert_messages(
  p_channels bigint[], p_authors bigint[], p_client_ids uuid[], p_bodies text[], p_roots bigint[], p_sends int[]
) returns table (
  ord bigint, seq bigint, created_at timestamptz, refused text, born boolean, head_before bigint, head_after bigint
)
language plpgsql
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
  v_now timestamptz;
begin
  -- Local to the transaction, so that the commit itself is durable whatever the session's default says.
  perform set_config('synchronous_commit', 'on', true), set_config('lock_timeout', '100ms', true);

  perform 1 from channels where channels.id = any (p_channels) order by channels.id for no key update;

  v_now := date_trunc('milliseconds', clock_timestamp());
  return query
  with draft as materialized (
    select d.ord, d.channel_id, d.author_id, d.client_id, d.body, d.root_seq, d.send,
           (select c.head from channels c where c.id = d.channel_id) as head,
           (select c.deleted_at is null from channels c where c.id = d.channel_id) as there,
           (select m.may_write from members m where m.channel_id = d.channel_id and m.user_id = d.author_id) as may_write,
           (select u.active from users u where u.id = d.author_id) as active,
           d.root_seq is null or exists (
             select from messages r where r.channel_id = d.channel_id and r.seq = d.root_seq and r.root_seq is null
           ) as root_known,
           (select row(k.seq, k.created_at)::message_place from messages k
             where k.channel_id = d.channel_id and k.author_id = d.author_id and k.client_message_id = d.client_id) as known
      from unnest(p_channels, p_authors, p_client_ids, p_bodies, p_roots, p_sends)
           with ordinality as d (channel_id, author_id, client_id, body, root_seq, send, ord)
  ), judged as materialized (
    select draft.*,
           case when (known).seq is not null then null
                when active is not true then 'user_inactive'
                when may_write is null then 'not_a_member'
                when there is not true then 'channel_gone'
                when not may_write then 'may_not_write'
                when not root_known then 'root_unknown'
           end as no
      from draft
  ), attempted as materialized (
    select judged.*,
           no is null and (known).seq is null and judged.ord > coalesce(
             min(judged.ord) filter (where no is not null) over (partition by send), 9223372036854775807
           ) as skip
      from judged
  ), collapsed as materialized (
    select attempted.*,
           min(attempted.ord) filter (where no is null and not skip)
             over (partition by channel_id, author_id, client_id) as first_ord
      from attempted
  ), numbered as materialized (
    select a.*, a.head + row_number() over (partition by a.channel_id order by a.ord) as new_seq
      from collapsed a
     where a.no is null and not a.skip and (a.known).seq is null and a.ord = a.first_ord
  ), inserted as (
    insert into messages (channel_id, seq, author_id, client_message_id, counts, root_seq, created_at, body)
    select n.channel_id, n.new_seq, n.author_id, n.client_id, n.root_seq is null, n.root_seq, v_now, n.body
      from numbered n
     order by n.channel_id, n.new_seq
  ), moved as (
    update channels
       set head = g.head, last_message_seq = coalesce(g.last, channels.last_message_seq)
      from (select n.channel_id, max(n.new_seq) as head, max(n.new_seq) filter (where n.root_seq is null) as last
              from numbered n group by n.channel_id) g
     where channels.id = g.channel_id
    returning channels.id, channels.head
  )
  select a.ord,
         coalesce((a.known).seq, n.new_seq),
         coalesce((a.known).created_at, v_now),
         case when a.skip then 'skipped' else a.no end,
         n.ord is not distinct from a.ord,
         a.head,
         coalesce((select moved.head from moved where moved.id = a.channel_id), a.head)
    from collapsed a
    left join numbered n on n.ord = a.first_ord and a.no is null and not a.skip
   order by a.ord;
end $$;

-- Moves pointers, clamped to the head; `read` and `delivered` only grow, `read_from` grows with `read` and is set where it is given.
-- Announced afterwards: one row per member whose pointers really moved, with the interval of the user's own stream.
create function move_pointers(
  p_channels bigint[], p_users bigint[], p_read bigint[], p_delivered bigint[], p_read_from bigint[]
) returns table (
  channel_id bigint, user_id bigint, read_seq bigint, delivered_seq bigint, read_from bigint, seq bigint, read_moved boolean
)
language plpgsql
as $$
#variable_conflict use_column
begin
  perform set_config('synchronous_commit', 'on', true);
  perform 1 from users where users.id = any (p_users) order by users.id for no key update;

  return query
  with asked as materialized (
    select m.channel_id, m.user_id, m.read_seq as old_read, m.delivered_seq as old_delivered, m.read_from as old_from,
           greatest(m.read_seq, least(p.read, c.head)) as new_read,
           greatest(m.delivered_seq, least(p.delivered, c.head), least(p.read, c.head)) as new_delivered,
           coalesce(least(p.read_from, c.head), greatest(m.read_from, least(p.read, c.head))) as new_from
      from unnest(p_channels, p_users, p_read, p_delivered, p_read_from) as p (channel_id, user_id, read, delivered, read_from)
      join members m on m.channel_id = p.channel_id and m.user_id = p.user_id
      join channels c on c.id = m.channel_id
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
