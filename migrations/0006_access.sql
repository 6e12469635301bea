-- Who may do what over HTTP, and what they did.

create table api_keys (
    -- The part of the key that may be shown.
    id            text primary key,
    name          text not null,
    -- BLAKE3 of the secret part, in hexadecimal. The secret itself is kept nowhere.
    secret_hash   text not null,
    -- A JSON list of scopes.
    scopes        text not null,
    created_at    bigint not null,
    -- From when on it is refused; none: never.
    expires_at    bigint,
    last_used_at  bigint
);

create table audit (
    id          text primary key,
    at          bigint not null,
    actor       text not null,
    method      text not null,
    path        text not null,
    status      bigint not null,
    request_id  text not null
);
create index audit_by_time on audit (at);
