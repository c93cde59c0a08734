//! Reading everything that is kept, once.

use std::collections::BTreeMap;

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::files::FileRecord;
use super::keys;
use super::records::{AccountRecord, AuditRecord, Contents, EventRecord, ModelsRecord, SessionRecord, UsageRecord};
use super::seal::{Vault, credential_of, secrets_of};
use super::statistics;
use crate::config::Secret;

/// How many events of each account are read: what a page shows.
const EVENTS_SHOWN: i64 = 100;

/// Reads everything; of the usage and of what calls came to, that of `today`.
pub(super) async fn contents(connection: &mut SqliteConnection, vault: &Vault, today: i64) -> sqlx::Result<Contents> {
    let mut warnings = Vec::new();
    Ok(Contents {
        accounts: accounts(connection, vault, &mut warnings).await?,
        events: events(connection).await?,
        usage: usage(connection, today).await?,
        health: sqlx::query_as("SELECT account, body FROM health ORDER BY account").fetch_all(&mut *connection).await?,
        settings: settings(connection).await?,
        models: models(connection).await?,
        files: files(connection, vault).await?,
        tallies: statistics::read_today(connection, today).await?,
        calls: statistics::read_calls(connection).await?,
        sessions: sessions(connection).await?,
        audit: audit(connection).await?,
        keys: keys::keys(connection).await?,
        key_use: keys::uses(connection).await?,
        warnings,
    })
}

/// The check value of the database, if anything was sealed in it yet.
pub(super) async fn check(connection: &mut SqliteConnection) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar("SELECT value FROM meta WHERE name = 'check'").fetch_optional(connection).await
}

/// How many accounts there are.
pub(super) async fn account_count(connection: &mut SqliteConnection) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT count(*) FROM accounts").fetch_one(connection).await
}

/// The position of the newest event; 0 if there is none.
pub(super) async fn last_event(connection: &mut SqliteConnection) -> sqlx::Result<i64> {
    let last: Option<i64> = sqlx::query_scalar("SELECT max(position) FROM events").fetch_one(connection).await?;
    Ok(last.unwrap_or_default())
}

/// Each account's id and its sealed credential.
pub(super) async fn sealed_credentials(connection: &mut SqliteConnection) -> sqlx::Result<Vec<(String, String)>> {
    sqlx::query_as("SELECT id, credential FROM accounts ORDER BY id").fetch_all(connection).await
}

/// Each file's id and what is sealed of it.
pub(super) async fn sealed_files(connection: &mut SqliteConnection) -> sqlx::Result<Vec<(String, String)>> {
    sqlx::query_as("SELECT id, sealed FROM files ORDER BY id").fetch_all(connection).await
}

/// A file's row as it lies in the database.
pub(super) type FileRow = (String, String, String, i64, i64, Option<i64>, String);

/// What is known of files, sealed as it is.
pub(super) async fn file_rows(connection: &mut SqliteConnection) -> sqlx::Result<Vec<FileRow>> {
    const ALL: &str = "SELECT id, owner, purpose, bytes, created_ms, expires_at, sealed FROM files ORDER BY id";
    sqlx::query_as(ALL).fetch_all(connection).await
}

async fn accounts(
    connection: &mut SqliteConnection,
    vault: &Vault,
    warnings: &mut Vec<String>,
) -> sqlx::Result<Vec<AccountRecord>> {
    let rows = sqlx::query("SELECT * FROM accounts ORDER BY id").fetch_all(connection).await?;
    rows.iter().map(|row| account(row, vault, warnings)).collect()
}

fn account(row: &SqliteRow, vault: &Vault, warnings: &mut Vec<String>) -> sqlx::Result<AccountRecord> {
    let id: String = row.try_get("id")?;
    let number: Option<i64> = row.try_get("number")?;
    let credential = credential(vault, &id, row.try_get("credential")?).unwrap_or_else(|| {
        warnings.push(format!("account {id}: its stored credential was changed or torn; enter it again"));
        BTreeMap::new()
    });
    Ok(AccountRecord {
        provider: row.try_get("provider")?,
        number: number.and_then(|number| u32::try_from(number).ok()),
        name: row.try_get("name")?,
        origin: row.try_get("origin")?,
        fingerprint: row.try_get("fingerprint")?,
        identity: row.try_get("identity")?,
        credential: Secret::new(credential),
        version: row.try_get("version")?,
        enabled: row.try_get::<i64, _>("enabled")? != 0,
        limits: row.try_get("limits")?,
        gone: row.try_get::<i64, _>("gone")? != 0,
        created_ms: row.try_get("created_ms")?,
        changed_ms: row.try_get("changed_ms")?,
        id,
    })
}

fn credential(vault: &Vault, account: &str, sealed: &str) -> Option<BTreeMap<String, String>> {
    serde_json::from_slice(&vault.unseal(&credential_of(account), sealed)?).ok()
}

async fn events(connection: &mut SqliteConnection) -> sqlx::Result<Vec<EventRecord>> {
    const NEWEST: &str = "SELECT account, at_ms, body FROM (SELECT account, at_ms, body, position, \
        ROW_NUMBER() OVER (PARTITION BY account ORDER BY position DESC) AS age FROM events) AS aged \
        WHERE age <= $1 ORDER BY position";
    let rows: Vec<(String, i64, String)> = sqlx::query_as(NEWEST).bind(EVENTS_SHOWN).fetch_all(connection).await?;
    Ok(rows.into_iter().map(|(account, at_ms, body)| EventRecord { account, at_ms, body }).collect())
}

async fn usage(connection: &mut SqliteConnection, today: i64) -> sqlx::Result<Vec<UsageRecord>> {
    const OF_DAY: &str = "SELECT account, day, requests, tokens FROM usage WHERE day = $1 ORDER BY account";
    let rows: Vec<(String, i64, i64, i64)> = sqlx::query_as(OF_DAY).bind(today).fetch_all(connection).await?;
    let record = |(account, day, requests, tokens)| UsageRecord { account, day, requests, tokens };
    Ok(rows.into_iter().map(record).collect())
}

async fn settings(connection: &mut SqliteConnection) -> sqlx::Result<BTreeMap<String, String>> {
    let rows: Vec<(String, String)> = sqlx::query_as("SELECT name, value FROM settings").fetch_all(connection).await?;
    Ok(rows.into_iter().collect())
}

async fn models(connection: &mut SqliteConnection) -> sqlx::Result<Vec<ModelsRecord>> {
    const ALL: &str = "SELECT provider, body, at_ms FROM models ORDER BY provider";
    let rows: Vec<(String, String, i64)> = sqlx::query_as(ALL).fetch_all(connection).await?;
    Ok(rows.into_iter().map(|(provider, body, at_ms)| ModelsRecord { provider, body, at_ms }).collect())
}

/// A database that can only be read stays as an earlier version left it.
async fn has_table(connection: &mut SqliteConnection, name: &str) -> sqlx::Result<bool> {
    const TABLE: &str = "SELECT name FROM sqlite_master WHERE type = 'table' AND name = $1";
    let table: Option<String> = sqlx::query_scalar(TABLE).bind(name).fetch_optional(connection).await?;
    Ok(table.is_some())
}

async fn sessions(connection: &mut SqliteConnection) -> sqlx::Result<Vec<SessionRecord>> {
    const ALL: &str = "SELECT id, hash, created_ms, seen_ms, address, key FROM sessions ORDER BY created_ms, id";
    if !has_table(connection, "sessions").await? {
        return Ok(Vec::new());
    }
    let rows: Vec<(String, String, i64, i64, String, String)> = sqlx::query_as(ALL).fetch_all(connection).await?;
    let rows = rows.into_iter();
    let record =
        |(id, hash, created_ms, seen_ms, address, key)| SessionRecord { id, hash, created_ms, seen_ms, address, key };
    Ok(rows.map(record).collect())
}

async fn audit(connection: &mut SqliteConnection) -> sqlx::Result<Vec<AuditRecord>> {
    if !has_table(connection, "audit").await? {
        return Ok(Vec::new());
    }
    let rows = sqlx::query("SELECT * FROM audit ORDER BY seq").fetch_all(connection).await?;
    let entry = |row: &SqliteRow| {
        Ok(AuditRecord {
            seq: row.try_get("seq")?,
            at_ms: row.try_get("at_ms")?,
            who: row.try_get("who")?,
            address: row.try_get("address")?,
            action: row.try_get("action")?,
            subject: row.try_get("subject")?,
            status: u16::try_from(row.try_get::<i64, _>("status")?).unwrap_or_default(),
            times: u32::try_from(row.try_get::<i64, _>("times")?).unwrap_or(u32::MAX),
        })
    };
    rows.iter().map(entry).collect()
}

async fn files(connection: &mut SqliteConnection, vault: &Vault) -> sqlx::Result<Vec<FileRecord>> {
    if !has_table(connection, "files").await? {
        return Ok(Vec::new());
    }
    let rows = sqlx::query("SELECT * FROM files ORDER BY id").fetch_all(connection).await?;
    rows.iter().map(|row| file(row, vault)).collect()
}

fn file(row: &SqliteRow, vault: &Vault) -> sqlx::Result<FileRecord> {
    let id: String = row.try_get("id")?;
    let secrets = vault.unseal(&secrets_of(&id), row.try_get("sealed")?).unwrap_or_default();
    let known = FileRecord {
        owner: row.try_get("owner")?,
        purpose: row.try_get("purpose")?,
        bytes: u64::try_from(row.try_get::<i64, _>("bytes")?).unwrap_or_default(),
        created_ms: row.try_get("created_ms")?,
        expires_at: row.try_get("expires_at")?,
        name: String::new(),
        content_type: String::new(),
        key: Secret::new(String::new()),
        id,
    };
    Ok(known.with_secrets(&secrets))
}
