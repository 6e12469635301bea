-- Runs that are asked for, scheduled, watched and resumed; where sources come from; answers kept for repeated requests.

alter table sources add column kind text not null default 'folder';
-- Who named it: 'file' (tamis.toml), 'api' or 'command' (tamis ingest PATH).
alter table sources add column origin text not null default 'command';
alter table sources add column paused bigint not null default 0;
-- Its documents are on their way out, and it goes with the last of them.
alter table sources add column deleting bigint not null default 0;

-- Made anew, because a run is a record that outlives its source, and begins some time after it was asked for.
alter table runs rename to runs_before;
create table runs (
    id                text primary key,
    source            text not null,
    -- 'ingest', or 'delete' for taking the source out.
    action            text not null default 'ingest',
    -- 'command', 'request' or 'schedule'.
    cause             text not null default 'command',
    -- 'queued', 'running', 'done', 'failed' or 'cancelled'.
    status            text not null,
    -- What a running one is at: 'list', 'prepare', 'settle' or 'publish'.
    step              text,
    queued_at         bigint not null,
    started_at        bigint,
    finished_at       bigint,
    -- Times it was begun since it was queued by somebody.
    attempts          bigint not null default 0,
    cancel_requested  bigint not null default 0,
    -- Documents, counted in the transactions that changed them, so that a restart counts none twice.
    seen              bigint not null default 0,
    added             bigint not null default 0,
    changed           bigint not null default 0,
    unchanged         bigint not null default 0,
    removed           bigint not null default 0,
    health_before     double precision,
    error             text,
    discarded         bigint not null default 0,
    summary           text
);
insert into runs (id, source, status, queued_at, started_at, finished_at, summary)
select id, source, case when finished_at is null then 'failed' else 'done' end, started_at, started_at,
       coalesce(finished_at, started_at), summary
from runs_before;
drop table runs_before;
create index runs_by_source on runs (source, id);
create index runs_by_status on runs (status);

create index documents_by_run on documents (seen_run, status);

create table schedules (
    source          text primary key references sources (name) on delete cascade,
    cron            text not null,
    time_zone       text not null,
    jitter_seconds  bigint not null,
    -- When a run is due and one is queued or running: 'skip', 'queue' or 'cancel'.
    overlap         text not null,
    -- When runs were due while no process was there: 'run' one, or 'skip'.
    missed          text not null,
    -- When the next run begins, jitter included; none while nothing matches the expression.
    due_at          bigint
);

-- Answers to POST requests that came with an Idempotency-Key, for a day.
create table idempotency_keys (
    key           text primary key,
    request_hash  text not null,
    -- None while the first request is being answered.
    status        bigint,
    content_type  text,
    location      text,
    body          blob,
    created_at    bigint not null
);
