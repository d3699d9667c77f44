-- What SQLite has and PostgreSQL has not, for the statements of the store. Made before the tables, and
-- made again with each migration; an index over a changed one is to be reindexed by that migration.

create or replace function iif(boolean, anycompatible, anycompatible) returns anycompatible
    language sql immutable as 'select case when $1 then $2 else $3 end';
create or replace function iif(bigint, anycompatible, anycompatible) returns anycompatible
    language sql immutable as 'select case when $1 <> 0 then $2 else $3 end';
create or replace function max(bigint, bigint) returns bigint
    language sql immutable as
    'select case when $1 is null or $2 is null then null else greatest($1, $2) end';
create or replace function min(bigint, bigint) returns bigint
    language sql immutable as
    'select case when $1 is null or $2 is null then null else least($1, $2) end';
create or replace function ifnull(anycompatible, anycompatible) returns anycompatible
    language sql immutable as 'select coalesce($1, $2)';
create or replace function instr(text, text) returns integer
    language sql immutable as 'select strpos($1, $2)';
create or replace function hex(bytea) returns text
    language sql immutable as $$ select upper(encode($1, 'hex')) $$;
create or replace function randomblob(integer) returns bytea
    language sql volatile as
    $$ select substr(decode(replace(gen_random_uuid()::text, '-', ''), 'hex'), 1, $1) $$;
create or replace function date(bigint, text) returns text
    language sql immutable as
    $$ select to_char(to_timestamp($1) at time zone 'UTC', 'YYYY-MM-DD') $$;
create or replace function round(double precision, integer) returns double precision
    language sql immutable as 'select round($1::numeric, $2)::double precision';

create or replace function count_true(bigint, boolean) returns bigint
    language sql immutable as 'select $1 + case when $2 then 1 else 0 end';
create or replace aggregate sum(boolean) (sfunc = count_true, stype = bigint, initcond = '0');
create or replace function joined(text, text) returns text
    language sql immutable as $$ select case when $1 is null then $2 else $1 || ',' || $2 end $$;
create or replace aggregate group_concat(text) (sfunc = joined, stype = text);

-- Its type has no NUL, which JSON writes as an escape: an even number of backslashes before it.
create or replace function plain_json(text) returns jsonb
    language sql immutable as
    $$ select regexp_replace($1, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\ufffd', 'g')::jsonb $$;
-- the values of json_each
create or replace function values_of(text) returns table (value text)
    language sql immutable as $$
    select jsonb_array_elements_text(plain_json($1)) where jsonb_typeof(plain_json($1)) = 'array'
    union all
    select (jsonb_each_text(plain_json($1))).value where jsonb_typeof(plain_json($1)) = 'object' $$;
create or replace function json_valid(text) returns boolean
    language plpgsql immutable as $$
    begin
        perform plain_json($1);
        return $1 is not null;
    exception when others then
        return false;
    end $$;
create or replace function json_extract(text, text) returns numeric
    language sql immutable as
    $$ select case when jsonb_typeof(plain_json($1) -> substr($2, 3)) = 'number'
       then (plain_json($1) ->> substr($2, 3))::numeric end $$;
create or replace function json_set(text, text, anycompatible) returns text
    language sql immutable as
    $$ select jsonb_set(plain_json($1), array[substr($2, 3)], to_jsonb($3))::text $$;
create or replace function with_member(jsonb, text, anyelement) returns jsonb
    language sql immutable as 'select $1 || jsonb_build_object($2, $3)';
create or replace aggregate json_group_object(text, anyelement) (
    sfunc = with_member, stype = jsonb, initcond = '{}');

-- what glob matches, as a pattern of like
create or replace function glob_pattern(text) returns text
    language sql immutable as
    $$ select replace(replace(replace(replace($1, '\', '\\'), '%', '\%'), '_', '\_'), '*', '%') $$;

create or replace function micros_now() returns bigint
    language sql volatile as
    'select (extract(epoch from clock_timestamp()) * 1000)::bigint * 1000';
create or replace function iso_moment(bigint) returns text
    language sql immutable as
    $$ select to_char(to_timestamp($1 / 1000000.0) at time zone 'UTC',
                      'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$;

-- Full text: words without case and marks, as FTS5's unicode61 has them. Words of a name have the
-- weight A, so that a query can ask for them alone.
create or replace function plain_words(text) returns text
    language sql immutable as
    $$ select regexp_replace(
        lower(regexp_replace(normalize($1, nfd), U&'[\0300-\036f]', '', 'g') collate "und-x-icu"),
        '[^[:alnum:]]+', ' ', 'g') $$;
create or replace function words_of(text, text) returns tsvector
    language sql immutable as
    $$ select setweight(to_tsvector('pg_catalog.simple', plain_words($1)), 'A')
        || to_tsvector('pg_catalog.simple', plain_words($2)) $$;
-- A query of FTS5 as the search writes it: "whole" "begin"* ("one" OR "other") AND …, or
-- name : (…) for names alone
create or replace function words_query(text) returns tsquery
    language sql immutable as
    $$ select replace(replace(replace(replace(
        regexp_replace(regexp_replace(
            lower(regexp_replace(normalize(regexp_replace($1, '^name : ', ''), nfd),
                U&'[\0300-\036f]', '', 'g') collate "und-x-icu"),
            '"([^"]*)"\*', case when $1 like 'name : %' then '''\1'':*A' else '''\1'':*' end, 'g'),
            '"([^"]*)"', case when $1 like 'name : %' then '''\1'':A' else '''\1''' end, 'g'),
        ' or ', '|'), ' and ', '&'), ' ''', ' & '''), ') (', ') & (')::tsquery $$;

-- An id that was given by hand is taken: the next one is higher.
create or replace function keep_sequence() returns trigger
    language plpgsql as $$
    declare
        sequence regclass := pg_get_serial_sequence(tg_table_schema || '.' || tg_table_name, tg_argv[0]);
        given bigint := (to_jsonb(new) ->> tg_argv[0])::bigint;
    begin
        if given > coalesce(pg_sequence_last_value(sequence), 0) then
            perform setval(sequence, given);
        end if;
        return null;
    end $$;
