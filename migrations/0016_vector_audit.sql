-- The audit: published chunks are held against their neighbours by vector, each once for as long as it is the same.

-- By which settings the audit has looked at the chunk; null for one that came, changed or stands anew.
alter table chunks add column audited text;
create index chunks_to_audit on chunks (audited) where searchable = 1 and retired = 0;

-- Pairs that say the same in other words, once a pair, the smaller id first.
create table paraphrases (
    chunk_id    text not null references chunks (id) on delete cascade,
    other_id    text not null references chunks (id) on delete cascade,
    -- Cosine of the two vectors.
    similarity  double precision not null,
    found_at    bigint not null,
    primary key (chunk_id, other_id)
);
create index paraphrases_by_other on paraphrases (other_id);

-- What the first chunk of a conflict is to the second ('supersedes', 'superseded_by', 'conflicts_with'), and what decided
-- ('authority', 'version', 'date', 'agreement'). Written with each grade of either.
alter table conflicts add column relation text not null default 'conflicts_with';
alter table conflicts add column ground text;
update chunks set graded_on = 0;
