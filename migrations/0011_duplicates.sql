-- What decides between two copies, so that the same one stands in whatever order documents come.

-- Length in words: in tokens a copy in capitals is longer than what it was copied from. 0 until it is read again.
alter table documents add column words bigint not null default 0;

-- The editions of a page (`v1.2/install`, `v1.3/install`) have one family, a hash. A newer edition is as fresh as the
-- editions before it, whatever the dates of their files say.
alter table documents add column family bigint;
alter table documents add column fresh_at bigint;
alter table documents add column older_editions bigint not null default 0;
create index documents_by_family on documents (family) where family is not null;

-- The copies of a chunk in order of their ids, so that one of them is found at once to stand for all in the queue.
drop index chunks_by_shadow;
create index chunks_by_shadow on chunks (shadowed_by, id);

-- A chunk that says much the same in other words, and stands before this one.
alter table chunks add column reworded_by text;
alter table chunks add column reworded_similarity double precision;
create index chunks_by_reworded on chunks (reworded_by) where reworded_by is not null;

update documents set fresh_at = modified_at where modified_at_source <> 'file_time';
