-- The ETag of an answer that is given again to the same Idempotency-Key.
alter table idempotency_keys add column etag text;
