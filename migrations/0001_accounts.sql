-- Plain SQL that PostgreSQL takes too. A migration that has shipped is never edited, not even its comments: the next
-- change is the next file.

-- What the database says about itself. `check` is a sealed value: that it opens shows that the data key fits.
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- `credential` is sealed. `gone` marks an account that its owner deleted though the environment still names it.
CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    number BIGINT,
    name TEXT NOT NULL,
    origin TEXT NOT NULL,
    fingerprint TEXT,
    identity TEXT,
    credential TEXT NOT NULL,
    version BIGINT NOT NULL,
    enabled BIGINT NOT NULL,
    limits TEXT NOT NULL,
    gone BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    changed_ms BIGINT NOT NULL
);

CREATE TABLE health (
    account TEXT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    body TEXT NOT NULL
);

-- `position` grows by one with each event, so that those of one millisecond keep their order.
CREATE TABLE events (
    position BIGINT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    at_ms BIGINT NOT NULL,
    body TEXT NOT NULL
);

CREATE INDEX events_of_account ON events (account, position);

CREATE TABLE usage (
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    day BIGINT NOT NULL,
    requests BIGINT NOT NULL,
    tokens BIGINT NOT NULL,
    PRIMARY KEY (account, day)
);

CREATE INDEX usage_of_day ON usage (day);

CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE models (
    provider TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    at_ms BIGINT NOT NULL
);
