-- migrate:up

-- Where a session is used, for whoever looks at the own ones: what the browser calls itself, and the address it last came from.
alter table sessions
  add column agent text not null default '',
  add column address text not null default '',
  drop constraint sessions_end_reason_check,
  add constraint sessions_end_reason_check
    check (end_reason in ('signed_out', 'token_reused', 'password_reset', 'deactivated', 'demo_removed', 'revoked'));

-- Besides sessions that ended, memberships: workers take the sockets of who was removed off the channel within half a second, whatever
-- became of the announcement.
alter table revocations
  alter column session_id drop not null,
  add column user_id bigint references users (id),
  add column channel_id bigint references channels (id),
  add constraint revocations_of_one check ((session_id is null) = (user_id is not null and channel_id is not null));

drop function insert_messages(bigint[], bigint[], uuid[], text[], bigint[], int[]);

-- Stores drafts: the way of a message, step 5. Two statements, each with its own snapshot: a single one would number from a head
-- that it read before it waited for the lock, and so lose a draft.
--
-- One row per draft, in order. `refused` is a refusal's code, or null: then the message stands at `seq`, and `born` says whether this
-- call numbered it. `head_before` is the head of the draft's channel before the call. Drafts of a session that has ended are refused; without
-- a session nobody asks for one.
--
-- One row set from the arrays to the answer: what is looked up comes by scalar subqueries, what drafts know of each other by windows.
-- A join of the drafts with themselves or with a table would be quadratic or left to the planner, who judges by tables that were empty
-- when it looked; even an `exists` could become a hash of all messages. So every look-up goes through an index.
create function insert_messages(
  p_channels bigint[], p_authors bigint[], p_client_ids uuid[], p_bodies text[], p_roots bigint[], p_sends int[],
  p_sessions uuid[]
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
           d.session_id is null or (select s.ended_at is null from sessions s where s.id = d.session_id) as signed_in,
           (select r.root_seq is null from messages r where r.channel_id = d.channel_id and r.seq = d.root_seq) as root_known,
           (select row(k.seq, k.created_at)::message_place from messages k
             where k.channel_id = d.channel_id and k.author_id = d.author_id and k.client_message_id = d.client_id) as known
      from unnest(p_channels, p_authors, p_client_ids, p_bodies, p_roots, p_sends, p_sessions)
           with ordinality as d (channel_id, author_id, client_id, body, root_seq, send, session_id, ord)
  ), judged as (
    select draft.*,
           case when (known).seq is not null then null
                when active is not true then 'user_inactive'
                when signed_in is not true then 'token_invalid'
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

-- migrate:down
drop function insert_messages(bigint[], bigint[], uuid[], text[], bigint[], int[], uuid[]);

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

delete from revocations where session_id is null;
alter table revocations
  drop constraint revocations_of_one, drop column channel_id, drop column user_id, alter column session_id set not null;

update sessions set end_reason = 'signed_out' where end_reason = 'revoked';
alter table sessions
  drop constraint sessions_end_reason_check,
  add constraint sessions_end_reason_check
    check (end_reason in ('signed_out', 'token_reused', 'password_reset', 'deactivated', 'demo_removed')),
  drop column address, drop column agent;
