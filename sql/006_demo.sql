-- migrate:up

-- The example that an owner can load. In tables of their own: users and channels carry nothing for it, and what an installation without it pays is nothing.
-- Their rows go when the removal is finished, so that one that was cut short is taken up where it stood.
create table demo_people (
  user_id bigint primary key references users (id)
);
create table demo_channels (
  channel_id bigint primary key references channels (id)
);

-- A third kind of code: it lets one in as a person of the example. Whose it is the statement that makes it looks up in `demo_people`.
alter table one_time_codes drop constraint one_time_codes_purpose_check, drop constraint one_time_codes_check;
alter table one_time_codes
  add constraint one_time_codes_purpose_check check (purpose in ('setup', 'reset', 'enter')),
  add constraint one_time_codes_check check ((purpose = 'setup') = (user_id is null)),
  add constraint one_time_codes_enter_ends check (purpose <> 'enter' or expires_at is not null);

alter table sessions drop constraint sessions_end_reason_check;
alter table sessions add constraint sessions_end_reason_check
  check (end_reason in ('signed_out', 'token_reused', 'password_reset', 'deactivated', 'demo_removed'));

-- migrate:down
update sessions set end_reason = 'deactivated' where end_reason = 'demo_removed';
alter table sessions drop constraint sessions_end_reason_check;
alter table sessions add constraint sessions_end_reason_check
  check (end_reason in ('signed_out', 'token_reused', 'password_reset', 'deactivated'));

delete from one_time_codes where purpose = 'enter';
alter table one_time_codes
  drop constraint one_time_codes_enter_ends, drop constraint one_time_codes_purpose_check, drop constraint one_time_codes_check;
alter table one_time_codes
  add constraint one_time_codes_purpose_check check (purpose in ('setup', 'reset')),
  add constraint one_time_codes_check check ((purpose = 'reset') = (user_id is not null));
drop table demo_channels, demo_people;
