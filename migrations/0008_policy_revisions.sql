-- Every policy that was in force, the newest last. The newest is in force.
create table policy_revisions (
    id      integer primary key autoincrement,
    at      bigint not null,
    -- 'configuration' where the file changed, 'api' where somebody set it over HTTP.
    origin  text not null,
    actor   text not null,
    note    text,
    -- The whole policy, as JSON.
    body    text not null
);
