-- migrate:up

-- What people say of themselves, and how others see them. Both are settings of one's own: every change takes a number of the user's stream.
alter table users
  add column status_text text,
  add column status_until timestamptz,
  add column shown_as text not null default 'here',
  add column shows_typing boolean not null default true,
  add column shows_receipts boolean not null default true,
  add constraint users_shown_as_known check (shown_as in ('here', 'away', 'offline')),
  add constraint users_status_said check (status_text <> '' and (status_until is null or status_text is not null));

-- migrate:down

delete from changes where kind = 6;
alter table users
  drop constraint users_status_said, drop constraint users_shown_as_known,
  drop column shows_receipts, drop column shows_typing, drop column shown_as, drop column status_until, drop column status_text;
