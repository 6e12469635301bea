-- The review queue gets states, leases, edits and undo; health gets a memory, alerts and webhooks.

-- Counts the changes of a review: it tells a client that somebody else was quicker.
alter table reviews add column version bigint not null default 1;
-- Until when it is put off.
alter table reviews add column until bigint;
-- Who works on it, and how long nobody else may decide.
alter table reviews add column claimed_by text;
alter table reviews add column claimed_until bigint;

alter table review_history add column until bigint;
-- What was decided in one request shares a batch.
alter table review_history add column batch text;
-- JSON: review and edit as they were, which undo puts back. Null for what is no decision.
alter table review_history add column before text;
alter table review_history add column undone bigint not null default 0;
-- What the reviewer saw: the rules that held the chunk back, its overall score, and whether it was held back.
alter table review_history add column reasons text not null default '[]';
alter table review_history add column overall double precision;
alter table review_history add column verdict text;
-- For an edit: the words it replaced, and its own.
alter table review_history add column text_before text;
alter table review_history add column text_after text;

-- Words that a person put in place of a chunk's own. They outlive a reading of unchanged content.
create table chunk_edits (
    chunk_id  text primary key,
    text      text not null,
    tokens    bigint not null,
    -- JSON: what reading found, to be put back by undo.
    original  text not null
);

-- The place in the review queue, the most harmful first; null where nobody is asked about the chunk.
alter table chunks add column harm text;
create index chunks_by_harm on chunks (harm) where harm is not null;
-- A first key for what is there; grading makes the finer one, and the next hours grade everything again.
update chunks set harm = case when reasons like '%contradiction.%' then '0' else '1' end || '999999' ||
        case when shadowed_by is null then '0' else '1' end || '0000' ||
        substr('00000000000000000000' || coalesce(quarantined_at, 0), -20) || id
    where retired = 0 and (verdict = 'quarantine' or id in (select chunk_id from reviews));
update chunks set graded_on = 0;

-- What is wrong with it, for counting: 1 out of date, 2 said elsewhere, 4 denied, 8 malformed.
alter table chunks add column faults bigint not null default 0;
-- Who answers for the document, or wrote it, where it says so.
alter table documents add column owner text;

-- How often searches returned a chunk, by day: what is asked for should not be kept back long.
create table search_demand (
    chunk_id  text not null,
    day       bigint not null,
    hits      bigint not null,
    primary key (chunk_id, day)
);
create index search_demand_by_day on search_demand (day);

-- The same finding on the same words of the same document has the same identity, reading after reading. 0: none.
alter table findings add column identity bigint not null default 0;

-- From when to when each finding was there, as seen at snapshots. Rows grow with change, not with snapshots.
create table finding_history (
    identity     bigint not null,
    first_seen   bigint not null,
    resolved_at  bigint,
    rule         text not null,
    severity     text not null,
    source       text not null,
    document     text not null,
    uri          text not null,
    chunk_id     text not null,
    primary key (identity, first_seen)
);
create index finding_history_by_start on finding_history (first_seen, identity);
create index finding_history_by_end on finding_history (resolved_at, identity);

create table incidents (
    id               text primary key,
    -- A source's name, or empty for the whole corpus.
    scope            text not null,
    opened_at        bigint not null,
    acknowledged_at  bigint,
    acknowledged_by  text,
    assignee         text,
    resolved_at      bigint,
    -- Who resolved it; null where its alerts ceased by themselves.
    resolved_by      text
);
create index incidents_by_time on incidents (opened_at, id);

create table alerts (
    id          text primary key,
    incident    text not null references incidents (id) on delete cascade,
    rule        text not null,
    -- 'floor', 'ceiling', 'drop' or 'z_score'.
    kind        text not null,
    figure      text not null,
    value       double precision not null,
    bound       double precision not null,
    message     text not null,
    fired_at    bigint not null,
    cleared_at  bigint
);
create index alerts_by_incident on alerts (incident);
create index alerts_firing on alerts (rule, kind) where cleared_at is null;

create table webhook_deliveries (
    id            text primary key,
    hook          text not null,
    incident      text not null,
    event         text not null,
    body          text not null,
    -- 'pending', 'sending', 'delivered' or 'failed'.
    status        text not null,
    attempts      bigint not null default 0,
    last_error    text,
    created_at    bigint not null,
    delivered_at  bigint
);
create index webhook_deliveries_by_status on webhook_deliveries (status, created_at);
