-- A delivery that was given up is a failed job like any other.

-- Since when it is given up. A discarded one has the status 'discarded'.
alter table webhook_deliveries add column failed_at bigint;
