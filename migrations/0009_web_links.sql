-- Links to pages elsewhere, and whether those are still there. Empty unless `links.check` is on.
create table web_links (
    chunk_id    text not null references chunks (id) on delete cascade,
    span_start  bigint not null,
    span_end    bigint not null,
    url         text not null,
    primary key (chunk_id, span_start)
);
create index web_links_by_url on web_links (url);

create table web_pages (
    url         text primary key,
    checked_at  bigint not null,
    -- What it answered, in words.
    answer      text not null,
    -- When it was first found gone, and has been since; none: it is there, or nobody knows.
    gone_since  bigint
);
