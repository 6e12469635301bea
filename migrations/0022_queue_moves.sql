-- Whoever reads the queue page by page goes on in the order it had at the first page.

-- Where a chunk of the queue stood until it moved; the numbers grow in the order of commits. Kept for a day.
create table queue_moves (
    seq       bigint primary key,
    chunk_id  text not null,
    at        bigint not null,
    place     text not null
);
create index queue_moves_by_chunk on queue_moves (chunk_id, seq);
