-- migrate:up

-- A partial index whose predicate a statement repeats may be read whole in the place of the primary key: so planned while the table was small, the list of
-- somebody's channels then read all channels for each. An index of a column without a predicate has no such use.
alter table channels
  add column text_id_in_use text generated always as (case when deleted_at is null then text_id end) stored;
drop index channels_text_id;
create unique index channels_text_id on channels (text_id_in_use);

-- migrate:down

drop index channels_text_id;
create unique index channels_text_id on channels (text_id) where deleted_at is null;
alter table channels drop column text_id_in_use;
