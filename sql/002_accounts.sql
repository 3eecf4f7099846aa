-- migrate:up

-- One row per device that is signed in. The refresh token is a chain: each is derived from the one before with a key
-- that only the server has, so two hashes and two flags say everything; see server/auth/README.md.
create table sessions (
  id uuid primary key,
  user_id bigint not null references users (id),
  -- sha256 of the newest token, and of the one it was derived from.
  token_hash bytea not null,
  spent_hash bytea,
  spent_at timestamptz,
  -- Whether the newest token has come back, and whether the spent one came back late, as after a lost answer.
  token_used boolean not null default false,
  spent_came_late boolean not null default false,
  late_in_a_row smallint not null default 0,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  end_reason text check (end_reason in ('signed_out', 'token_reused', 'password_reset', 'deactivated'))
) with (fillfactor = 80);
create index sessions_open on sessions (user_id) where ended_at is null;

-- Only a hash of each code is kept: who reads the database can't become owner or anybody else.
create table one_time_codes (
  hash bytea primary key,
  purpose text not null check (purpose in ('setup', 'reset')),
  user_id bigint references users (id),
  created_at timestamptz not null,
  expires_at timestamptz,
  check ((purpose = 'reset') = (user_id is not null))
);
-- One code at a time for the set-up, and one per person: a new one replaces the old.
create unique index one_time_codes_setup on one_time_codes (purpose) where purpose = 'setup';
create unique index one_time_codes_user on one_time_codes (user_id) where user_id is not null;

create table invitations (
  id bigint primary key generated always as identity,
  code_hash bytea not null unique,
  created_by bigint not null references users (id),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  uses_max integer not null check (uses_max > 0),
  uses integer not null default 0 check (uses between 0 and uses_max),
  revoked_at timestamptz
);

-- Sessions that ended, in an order that every reader sees without holes: the number comes from one row, which whoever
-- ends a session holds until the commit. Workers read on from the last number that they have seen.
create table revocation_head (
  only_row boolean primary key default true check (only_row),
  seq bigint not null default 0
);
insert into revocation_head default values;
create table revocations (
  seq bigint primary key,
  session_id uuid not null references sessions (id)
);

-- migrate:down
drop table revocations, revocation_head, invitations, one_time_codes, sessions;
