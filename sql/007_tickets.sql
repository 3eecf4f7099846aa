-- migrate:up

-- Words that stand for an access token once and for a minute, for whoever can't send headers. Any worker may have made one. The token is sealed with
-- the ticket itself, of which only a hash is here: what stands in this table lets nobody in. Unlogged: after a crash they are asked for again.
create unlogged table stream_tickets (
  hash       bytea primary key,
  sealed     bytea not null,
  expires_at timestamptz not null
);
create index stream_tickets_expires_at on stream_tickets (expires_at); -- Those that nobody spent go with the next that is made.

-- migrate:down
drop table stream_tickets;
