-- Who is signed in to the console. Of a token only its SHA-256 lies here, so that a copy of the database signs nobody in;
-- `key` is the keyed fingerprint of the owner's key with which a session holds.
CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL,
    created_ms BIGINT NOT NULL,
    seen_ms BIGINT NOT NULL,
    address TEXT NOT NULL,
    key TEXT NOT NULL
);

-- What the owner, or somebody who would be, changed. An entry takes the slot of an old one, so that the table never
-- grows. `times` counts what was told in one entry.
CREATE TABLE audit (
    slot BIGINT PRIMARY KEY,
    seq BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    who TEXT NOT NULL,
    address TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT,
    status BIGINT NOT NULL,
    times BIGINT NOT NULL
);
