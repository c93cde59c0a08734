-- Files that were uploaded. Their contents lie beside the database, each under a key of its own; `sealed` holds that
-- key, with the file's name and type. `owner` is empty for the service's owner. `expires_at` is in seconds since 1970;
-- without it the file stays until it is deleted.
CREATE TABLE files (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    purpose TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    expires_at BIGINT,
    sealed TEXT NOT NULL
);
