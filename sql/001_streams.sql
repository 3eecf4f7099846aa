-- migrate:up

-- Channels and users take their numbers from one sequence: a stream's number says which it is.
create sequence stream_ids;

-- What makes two histories different although PostgreSQL's own identifier is the same; see server/DECISIONS.md, 9.
create table instance (
  only_row boolean primary key default true check (only_row),
  restores bigint not null default 0
);
insert into instance default values;

create table users (
  id bigint primary key default nextval('stream_ids'),
  host_id text unique,
  email text,
  name text not null,
  role text not null default 'member' check (role in ('owner', 'admin', 'member', 'guest')),
  password_hash text,
  active boolean not null default true,
  head bigint not null default 0,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz
) with (fillfactor = 80);
create unique index users_email on users (lower(email));
create index users_name on users (lower(name), id);

-- No index on anything that a message changes: moving the head is then a HOT update.
create table channels (
  id bigint primary key default nextval('stream_ids'),
  text_id text not null,
  kind text not null check (kind in ('direct', 'group', 'department', 'project', 'general')),
  name text,
  head bigint not null default 0,
  last_message_seq bigint not null default 0,
  created_by bigint references users (id),
  created_at timestamptz not null default now(),
  deleted_at timestamptz
) with (fillfactor = 50);
-- A deleted channel keeps its row; created again under the same text id it is a new stream.
create unique index channels_text_id on channels (text_id) where deleted_at is null;

create table members (
  channel_id bigint not null references channels (id),
  user_id bigint not null references users (id),
  role text not null default 'member' check (role in ('admin', 'moderator', 'member')),
  may_write boolean not null default true,
  joined_at timestamptz not null default now(),
  read_seq bigint not null default 0,
  delivered_seq bigint not null default 0,
  read_from bigint not null default 0,
  primary key (channel_id, user_id)
) with (fillfactor = 80);
create index members_user on members (user_id, channel_id);

-- Append-mostly. A message's address is (channel_id, seq), the number it was born with; it never changes.
-- No foreign keys: `insert_messages` has looked at the member, who has them, and nobody deletes a channel or a user. They would cost a
-- third of the insert, and share-lock the author's row from every lane.
create table messages (
  channel_id bigint not null,
  seq bigint not null,
  author_id bigint not null,
  client_message_id uuid not null,
  kind smallint not null default 0,
  counts boolean not null default true,
  root_seq bigint,
  created_at timestamptz not null default now(),
  edited_at timestamptz,
  deleted_at timestamptz,
  body text not null,
  primary key (channel_id, seq)
);
-- W4: the same id by the same author in the same channel is the same message, for ever.
create unique index messages_client_id on messages (channel_id, author_id, client_message_id);
-- Unread is counted through this one, at most 100 rows per channel.
create index messages_unread on messages (channel_id, seq) include (author_id) where counts;
create index messages_thread on messages (channel_id, root_seq, seq) where root_seq is not null;

-- Every durable change after a birth: one narrow row per (stream, kind, entity), moved to the newest seq.
create table changes (
  stream_id bigint not null,
  kind smallint not null,
  entity bigint not null,
  seq bigint not null,
  primary key (stream_id, kind, entity),
  unique (stream_id, seq)
) with (fillfactor = 80);

-- migrate:down
drop table changes, messages, members, channels, users, instance;
drop sequence stream_ids;
