-- The ledger: the truth both indexes are projected from.
-- Portable SQL: times are BIGINT microseconds since 1970 UTC, flags are BIGINT 0 or 1, structures are TEXT holding JSON.

create table sources (
    name        text primary key,
    path        text not null,
    authority   bigint,
    created_at  bigint not null
);

create table runs (
    id           text primary key,
    source       text not null references sources (name),
    started_at   bigint not null,
    finished_at  bigint,
    summary      text
);

create table documents (
    id                  text primary key,
    source              text not null references sources (name),
    uri                 text not null,
    -- What people call it: the id its source gave it, else its uri.
    name                text not null,
    location            text not null,
    content_hash        text not null,
    -- Version of the readers and rules that made the chunks; another one reads the document again.
    reading             text not null default '',
    -- 'queued' for reading, 'ready', 'failed', or 'removed' and waiting to leave the indexes.
    status              text not null,
    error_code          text,
    error_message       text,
    -- Readings begun and not finished since the last success: what a document that kills its worker runs out of.
    attempts            bigint not null default 0,
    media_type          text,
    title               text,
    language            text,
    authority           bigint,
    modified_at         bigint,
    modified_at_source  text,
    published_at        bigint,
    tokens              bigint not null default 0,
    metadata            text not null default '{}',
    -- The last run that saw it.
    seen_run            text not null,
    created_at          bigint not null,
    updated_at          bigint not null,
    unique (source, uri)
);
create index documents_by_status on documents (status);
create index documents_by_name on documents (name);

create table chunks (
    id                  text primary key,
    document_id         text not null references documents (id) on delete cascade,
    ordinal             bigint not null,
    text                text not null,
    span_start          bigint not null,
    span_end            bigint not null,
    heading_path        text not null,
    page                bigint,
    tokens              bigint not null,
    -- What the chunk shows by itself, and what finds its like.
    measurement         text not null,
    exact_hash          bigint not null,
    claims              text not null,
    -- Whether it may stand for its copies: it passes by itself.
    eligible            bigint not null,
    shadowed_by         text,
    shadow_kind         text,
    shadow_similarity   double precision,
    freshness           double precision not null,
    duplication         double precision not null,
    contradiction       double precision not null,
    structure           double precision not null,
    overall             double precision not null,
    -- 'accept' or 'quarantine', and the rules that say so.
    verdict             text not null,
    reasons             text not null,
    -- No longer part of its document; the row stays until the indexes have let go of it.
    retired             bigint not null default 0,
    -- What the indexes should hold, and what they do: 0 nothing, 1 perhaps, 2 this.
    searchable          bigint not null,
    index_state         bigint not null default 0,
    -- The publication that last took it up; a change of what should be published sets it back to 0.
    publishing          bigint not null default 0,
    -- Hash of the text its stored vector was made from.
    embedded_hash       text,
    quarantined_at      bigint
);
create index chunks_by_document on chunks (document_id, ordinal);
create index chunks_by_shadow on chunks (shadowed_by);
create index chunks_to_publish on chunks (searchable, index_state);
create index chunks_by_verdict on chunks (verdict, retired);
-- Partial, so that no query for live chunks is tempted to read them all through it.
create index chunks_retired on chunks (index_state) where retired = 1;

-- Keys under which duplicates of standing chunks are found: MinHash bands, and the exact hash as one more. A chunk
-- that gives way to another has none, so a million copies of one page cost one row set, not a million.
create table bands (
    key       bigint not null,
    chunk_id  text not null references chunks (id) on delete cascade,
    primary key (key, chunk_id)
);
create index bands_by_chunk on bands (chunk_id);

-- Keys under which statements of standing chunks are found.
create table claim_keys (
    key       bigint not null,
    chunk_id  text not null references chunks (id) on delete cascade,
    primary key (key, chunk_id)
);
create index claim_keys_by_chunk on claim_keys (chunk_id);

-- Pairs that cannot both be true, once a pair, the smaller id first.
create table conflicts (
    chunk_id  text not null references chunks (id) on delete cascade,
    other_id  text not null references chunks (id) on delete cascade,
    conflicts text not null,
    found_at  bigint not null,
    primary key (chunk_id, other_id)
);
create index conflicts_by_other on conflicts (other_id);

create table findings (
    chunk_id  text not null references chunks (id) on delete cascade,
    position  bigint not null,
    rule      text not null,
    severity  text not null,
    body      text not null,
    primary key (chunk_id, position)
);
create index findings_by_rule on findings (rule);

-- What people decided. Kept by chunk id, which is the same as long as the text is, so that a decision outlives a
-- reading of unchanged content and is asked again when the content changed.
create table reviews (
    chunk_id    text primary key,
    state       text not null,
    actor       text not null,
    note        text,
    decided_at  bigint not null
);

create table review_history (
    id          text primary key,
    chunk_id    text not null,
    action      text not null,
    actor       text not null,
    note        text,
    at          bigint not null
);
create index review_history_by_chunk on review_history (chunk_id, at);

create table publications (
    sequence     bigint primary key,
    entries      bigint not null,
    removals     bigint not null,
    started_at   bigint not null,
    finished_at  bigint
);

create table health_snapshots (
    id     text primary key,
    at     bigint not null,
    run    text,
    score  double precision not null,
    body   text not null
);
create index health_snapshots_by_time on health_snapshots (at);
