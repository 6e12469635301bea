-- What chunks show beside the rest of the corpus, and what lets time alone change a grade.

-- Whether the document itself names its language; else it was told from the words.
alter table documents add column language_stated bigint not null default 0;
-- The kind of document, which decides how fast it ages: a JSON string.
alter table documents add column kind text not null default '"unknown"';

-- Whether the chunk calls some version the current one.
alter table chunks add column calls_current bigint not null default 0;
create index chunks_that_call_current on chunks (document_id) where calls_current = 1;
-- The day it was last graded, in days since 1970: its age makes another grade of it with time.
alter table chunks add column graded_on bigint not null default 0;
create index chunks_by_day_graded on chunks (graded_on) where retired = 0;

-- Findings that rest on the whole source: newer editions of a page, a main language.
create table context_findings (
    chunk_id  text primary key references chunks (id) on delete cascade,
    -- A JSON list of findings.
    body      text not null
);

-- The longer paragraphs of each chunk, by the hash of their words. All versions of a page are one work.
create table paragraphs (
    hash      bigint not null,
    chunk_id  text not null references chunks (id) on delete cascade,
    work      bigint not null,
    primary key (hash, chunk_id)
);
create index paragraphs_by_chunk on paragraphs (chunk_id);

-- Paragraphs to count again, because chunks that hold them came, went or changed places.
create table uncounted_paragraphs (
    hash  bigint primary key
);

-- Paragraphs that stand in many works.
create table boilerplate (
    hash   bigint primary key,
    works  bigint not null
);
