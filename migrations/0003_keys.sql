-- The keys that the owner made for others. `hash` is the SHA-256 of a secret that is kept nowhere; it is empty once the
-- key was taken back. `models` and `limits` are JSON.
CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    hash TEXT NOT NULL,
    hint TEXT NOT NULL,
    models TEXT NOT NULL,
    limits TEXT NOT NULL,
    expires_ms BIGINT,
    enabled BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    revoked_ms BIGINT
);

-- What each key was used for on the last day on which it was used, counted in days since 1970, UTC. The numbers are
-- totals.
CREATE TABLE key_use (
    api_key TEXT PRIMARY KEY REFERENCES api_keys (id) ON DELETE CASCADE,
    day BIGINT NOT NULL,
    requests BIGINT NOT NULL,
    tokens BIGINT NOT NULL,
    last_ms BIGINT NOT NULL
);
