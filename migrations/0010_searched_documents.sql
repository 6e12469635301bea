-- The documents of which something is searched are counted with every look at the corpus's health; without this each
-- count read a row, text and all, of every chunk.
create index chunks_searched on chunks (document_id) where searchable = 1;
