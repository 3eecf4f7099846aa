-- migrate:up

-- People whom a host application signs in have one session each, for as long as it is not ended: it has no refresh token, and by it their
-- sockets are found and closed like everybody's.
alter table sessions add column host boolean not null default false;
create unique index sessions_host on sessions (user_id) where host and ended_at is null;

-- migrate:down
drop index sessions_host;
alter table sessions drop column host;
