-- A decision about many chunks is taken back as one.

create index review_history_by_batch on review_history (batch) where batch is not null;
