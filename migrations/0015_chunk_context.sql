-- What a chunk's own text does not say: the columns of a table it starts in the middle of, and its language where that is
-- not its document's.
alter table chunks add column table_head text;
alter table chunks add column language text;
