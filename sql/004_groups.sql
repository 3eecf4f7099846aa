-- migrate:up

-- When a pointer moved, for its newest moves: seq and milliseconds in turn, newest first. In the member's own row, which a move writes anyway:
-- a row per move would be more rows than messages.
alter table members
  add column read_marks bigint[] not null default '{}',
  add column delivered_marks bigint[] not null default '{}';

-- Sixteen moves: with one per second and channel at most, the messages that somebody would ask about.
create function moved(p_marks bigint[], p_old bigint, p_new bigint, p_now_ms bigint) returns bigint[]
language sql immutable parallel safe
return case when p_new > p_old then (array[p_new, p_now_ms] || p_marks)[1:32] else p_marks end;

drop function move_pointers(bigint[], bigint[], bigint[], bigint[], bigint[]);

-- Moves pointers, clamped to the head; `read` and `delivered` only grow, `read_from` grows with `read` and is set where it is given.
-- One row per member whose pointers really moved, with the number that it took in the user's own stream; `seen` where others see it, which
-- they do in channels of at most `p_seen_members_max` members. When a pointer moved is kept for its newest moves (`moved`).
create function move_pointers(
  p_channels bigint[], p_users bigint[], p_read bigint[], p_delivered bigint[], p_read_from bigint[], p_seen_members_max int
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
declare
  v_now_ms constant bigint := floor(extract(epoch from clock_timestamp()) * 1000);
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
    update members m
       set read_seq = g.new_read, delivered_seq = g.new_delivered, read_from = g.new_from,
           read_marks = moved(m.read_marks, g.old_read, g.new_read, v_now_ms),
           delivered_marks = moved(m.delivered_marks, g.old_delivered, g.new_delivered, v_now_ms)
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
         (g.new_read > g.old_read or g.new_delivered > g.old_delivered)
           and (select count(*) from (
                 select from members o where o.channel_id = g.channel_id limit p_seen_members_max + 1
               ) few) <= p_seen_members_max
    from moving g;
end $$;

-- migrate:down
drop function move_pointers(bigint[], bigint[], bigint[], bigint[], bigint[], int);
drop function moved(bigint[], bigint, bigint, bigint);
alter table members drop column read_marks, drop column delivered_marks;

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
