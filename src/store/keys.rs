//! The keys that the owner made for others, and their use: how they are written and read.

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{Connection, Row};

use super::write::{Statement, run};

const KEY: &str = "INSERT INTO api_keys (id, name, hash, hint, models, limits, expires_ms, enabled, created_ms, \
    revoked_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO UPDATE SET name = excluded.name, \
    hash = excluded.hash, hint = excluded.hint, models = excluded.models, limits = excluded.limits, \
    expires_ms = excluded.expires_ms, enabled = excluded.enabled, created_ms = excluded.created_ms, \
    revoked_ms = excluded.revoked_ms";

const USE: &str = "INSERT INTO key_use (api_key, day, requests, tokens, last_ms) SELECT id, $2, $3, $4, $5 \
    FROM api_keys WHERE id = $1 ON CONFLICT (api_key) DO UPDATE SET day = excluded.day, requests = excluded.requests, \
    tokens = excluded.tokens, last_ms = excluded.last_ms";

const REVOKED: &str = "SELECT id, revoked_ms FROM api_keys WHERE revoked_ms IS NOT NULL ORDER BY id";

const REVOKE: &str = "UPDATE api_keys SET hash = '', enabled = 0, revoked_ms = $2 WHERE id = $1";

/// A key that the owner made for others, as it is kept. What only its user understands is JSON text here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRecord {
    /// A short id that may be shown and logged.
    pub id: String,
    /// What the owner calls it.
    pub name: String,
    /// The SHA-256 of its secret in hexadecimal; empty once it was taken back.
    pub hash: String,
    /// The secret's beginning and end.
    pub hint: String,
    /// The models that it may ask for, as JSON.
    pub models: String,
    /// Its limits, as JSON.
    pub limits: String,
    /// When it ends, in milliseconds since 1970.
    pub expires_ms: Option<i64>,
    /// Whether it may be used.
    pub enabled: bool,
    /// When it was made, in milliseconds since 1970.
    pub created_ms: i64,
    /// When it was taken back, in milliseconds since 1970.
    pub revoked_ms: Option<i64>,
}

/// How much a key was used on the last day on which it was. The numbers are totals, so that writing one twice does no
/// harm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyUseRecord {
    /// The key's id.
    pub key: String,
    /// The day, counted in days since 1970, UTC.
    pub day: i64,
    /// How many requests were let in.
    pub requests: i64,
    /// How many tokens these came to.
    pub tokens: i64,
    /// When it was last used, in milliseconds since 1970.
    pub last_ms: i64,
}

/// A key that was taken back, and when.
pub(super) type Revoked = (String, i64);

pub(super) fn key(key: &KeyRecord) -> Statement<'_> {
    sqlx::query(KEY)
        .bind(&key.id)
        .bind(&key.name)
        .bind(&key.hash)
        .bind(&key.hint)
        .bind(&key.models)
        .bind(&key.limits)
        .bind(key.expires_ms)
        .bind(i64::from(key.enabled))
        .bind(key.created_ms)
        .bind(key.revoked_ms)
}

pub(super) fn key_use(used: &KeyUseRecord) -> Statement<'_> {
    sqlx::query(USE).bind(&used.key).bind(used.day).bind(used.requests).bind(used.tokens).bind(used.last_ms)
}

/// All keys, by id.
pub(super) async fn keys(connection: &mut SqliteConnection) -> sqlx::Result<Vec<KeyRecord>> {
    if !is_there(connection).await? {
        return Ok(Vec::new());
    }
    let rows = sqlx::query("SELECT * FROM api_keys ORDER BY id").fetch_all(connection).await?;
    rows.iter().map(read).collect()
}

/// The use of all keys.
pub(super) async fn uses(connection: &mut SqliteConnection) -> sqlx::Result<Vec<KeyUseRecord>> {
    if !is_there(connection).await? {
        return Ok(Vec::new());
    }
    const ALL: &str = "SELECT api_key, day, requests, tokens, last_ms FROM key_use ORDER BY api_key";
    let rows: Vec<(String, i64, i64, i64, i64)> = sqlx::query_as(ALL).fetch_all(connection).await?;
    let record = |(key, day, requests, tokens, last_ms)| KeyUseRecord { key, day, requests, tokens, last_ms };
    Ok(rows.into_iter().map(record).collect())
}

/// The keys that were taken back.
pub(super) async fn revoked(connection: &mut SqliteConnection) -> sqlx::Result<Vec<Revoked>> {
    sqlx::query_as(REVOKED).fetch_all(connection).await
}

/// Takes keys back in another database too, if it knows them.
pub(super) async fn revoke(connection: &mut SqliteConnection, revoked: &[Revoked]) -> sqlx::Result<()> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    for (id, at) in revoked {
        run(&mut transaction, sqlx::query(REVOKE).bind(id).bind(at)).await?;
    }
    transaction.commit().await
}

/// A database that can only be read stays as an earlier version left it.
async fn is_there(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    const TABLE: &str = "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'api_keys'";
    let table: Option<String> = sqlx::query_scalar(TABLE).fetch_optional(connection).await?;
    Ok(table.is_some())
}

fn read(row: &SqliteRow) -> sqlx::Result<KeyRecord> {
    Ok(KeyRecord {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        hash: row.try_get("hash")?,
        hint: row.try_get("hint")?,
        models: row.try_get("models")?,
        limits: row.try_get("limits")?,
        expires_ms: row.try_get("expires_ms")?,
        enabled: row.try_get::<i64, _>("enabled")? != 0,
        created_ms: row.try_get("created_ms")?,
        revoked_ms: row.try_get("revoked_ms")?,
    })
}
