-- Run once, by the server's first start. Two databases: what is computed and can be computed again, and the keys, which are backed up apart and
-- for a shorter time. Passwords come from files.
\set ON_ERROR_STOP on
\set api_password `cat /run/secrets/postgres_api_password`
\set projector_password `cat /run/secrets/postgres_projector_password`

create role vaka_api login password :'api_password';
create role vaka_projector login password :'projector_password';
-- Owns the key vault, whichever process made it; nobody logs in as it.
create role vaka_keys nologin;
grant vaka_keys to vaka_api, vaka_projector;

create database vaka_read encoding 'UTF8' template template0;
create database vaka_keys encoding 'UTF8' template template0;
revoke all on database vaka_read, vaka_keys, postgres from public;
grant connect on database vaka_read, vaka_keys to vaka_api, vaka_projector;

\connect vaka_read
revoke all on schema public from public;
alter schema public owner to vaka_projector;
grant usage on schema public to vaka_api;
-- Each build of a projection is a table of its own, made while everything runs.
alter default privileges for role vaka_projector in schema public grant select on tables to vaka_api;

\connect vaka_keys
revoke all on schema public from public;
alter schema public owner to vaka_keys;
alter role vaka_api in database vaka_keys set role vaka_keys;
alter role vaka_projector in database vaka_keys set role vaka_keys;
