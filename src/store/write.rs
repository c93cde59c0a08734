//! Writing: each record is one statement that takes the place of what was there.

use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, Sqlite};

use super::files::FileRecord;
use super::keys;
use super::pending::Pending;
use super::read::FileRow;
use super::records::{AccountRecord, AuditRecord, EventRecord, Record, SessionRecord, UsageRecord};
use super::seal::{Vault, credential_of, secrets_of};
use super::statistics;

/// How many events of each account are kept.
const EVENTS_KEPT: i64 = 500;

/// How long usage is kept, in days.
const USAGE_KEPT: i64 = 400;

const ACCOUNT: &str = "INSERT INTO accounts (id, provider, number, name, origin, fingerprint, identity, credential, \
    version, enabled, limits, gone, created_ms, changed_ms) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (id) DO UPDATE SET \
    provider = excluded.provider, number = excluded.number, name = excluded.name, origin = excluded.origin, \
    fingerprint = excluded.fingerprint, identity = excluded.identity, credential = excluded.credential, \
    version = excluded.version, enabled = excluded.enabled, limits = excluded.limits, gone = excluded.gone, \
    created_ms = excluded.created_ms, changed_ms = excluded.changed_ms";

// What belongs to an account is kept only while the account is: a reply may end after its account was deleted.
const HEALTH: &str = "INSERT INTO health (account, body) SELECT id, $2 FROM accounts WHERE id = $1 \
    ON CONFLICT (account) DO UPDATE SET body = excluded.body";
const EVENT: &str =
    "INSERT INTO events (position, account, at_ms, body) SELECT $1, id, $3, $4 FROM accounts WHERE id = $2";
const USAGE: &str = "INSERT INTO usage (account, day, requests, tokens) SELECT id, $2, $3, $4 FROM accounts \
    WHERE id = $1 ON CONFLICT (account, day) DO UPDATE SET requests = excluded.requests, tokens = excluded.tokens";

const SETTING: &str =
    "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
const MODELS: &str = "INSERT INTO models (provider, body, at_ms) VALUES ($1, $2, $3) \
    ON CONFLICT (provider) DO UPDATE SET body = excluded.body, at_ms = excluded.at_ms";
const FILE: &str = "INSERT INTO files (id, owner, purpose, bytes, created_ms, expires_at, sealed) \
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING";
const SESSION: &str = "INSERT INTO sessions (id, hash, created_ms, seen_ms, address, key) VALUES ($1, $2, $3, $4, $5, $6) \
    ON CONFLICT (id) DO UPDATE SET seen_ms = excluded.seen_ms, key = excluded.key";
const AUDIT: &str = "INSERT INTO audit (slot, seq, at_ms, who, address, action, subject, status, times) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (slot) DO UPDATE SET \
    seq = excluded.seq, at_ms = excluded.at_ms, who = excluded.who, address = excluded.address, \
    action = excluded.action, subject = excluded.subject, status = excluded.status, times = excluded.times";
const CHECK: &str =
    "INSERT INTO meta (name, value) VALUES ('check', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value";

const PRUNE_EVENTS: &str = "DELETE FROM events WHERE position IN (SELECT position FROM (SELECT position, \
    ROW_NUMBER() OVER (PARTITION BY account ORDER BY position DESC) AS age FROM events) AS aged WHERE age > $1)";

/// Writes `pending` in one transaction. Its events take the positions after `last_event`.
pub(super) async fn batch(
    connection: &mut SqliteConnection,
    pending: &Pending,
    vault: &Vault,
    mut last_event: i64,
) -> sqlx::Result<i64> {
    // Taking the right to write at once, so that another program's lock is waited for and not run into.
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    for record in pending.records() {
        write(&mut transaction, record, vault).await?;
    }
    for event in pending.events() {
        last_event += 1;
        run(&mut transaction, self::event(event, last_event)).await?;
    }
    statistics::write_calls(&mut transaction, pending.calls()).await?;
    transaction.commit().await?;
    Ok(last_event)
}

/// Forgets what is too old to be kept on `today`.
pub(super) async fn prune(connection: &mut SqliteConnection, today: i64) -> sqlx::Result<()> {
    run(connection, sqlx::query(PRUNE_EVENTS).bind(EVENTS_KEPT)).await?;
    run(connection, sqlx::query("DELETE FROM usage WHERE day < $1").bind(today - USAGE_KEPT)).await?;
    statistics::roll_up(connection, today).await
}

/// Writes the value by which the key is checked.
pub(super) async fn check(connection: &mut SqliteConnection, check: &str) -> sqlx::Result<()> {
    run(connection, sqlx::query(CHECK).bind(check)).await
}

/// Writes rows of files as they lay in another database with the same key; those that are there stay.
pub(super) async fn file_rows(connection: &mut SqliteConnection, rows: &[FileRow]) -> sqlx::Result<()> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    for (id, owner, purpose, bytes, created_ms, expires_at, sealed) in rows {
        let row = sqlx::query(FILE).bind(id).bind(owner).bind(purpose).bind(bytes).bind(created_ms).bind(expires_at);
        run(&mut transaction, row.bind(sealed)).await?;
    }
    transaction.commit().await
}

/// Forgets who is signed in.
pub(super) async fn no_sessions(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    run(connection, sqlx::query("DELETE FROM sessions")).await
}

/// Writes what was sealed anew of a file.
pub(super) async fn file_secrets(connection: &mut SqliteConnection, id: &str, sealed: &str) -> sqlx::Result<()> {
    run(connection, sqlx::query("UPDATE files SET sealed = $2 WHERE id = $1").bind(id).bind(sealed)).await
}

/// Writes a credential that was sealed anew.
pub(super) async fn credential(connection: &mut SqliteConnection, account: &str, sealed: &str) -> sqlx::Result<()> {
    let statement = sqlx::query("UPDATE accounts SET credential = $2 WHERE id = $1");
    run(connection, statement.bind(account).bind(sealed)).await
}

pub(super) type Statement<'q> = sqlx::query::Query<'q, Sqlite, sqlx::sqlite::SqliteArguments>;

pub(super) async fn run(connection: &mut SqliteConnection, statement: Statement<'_>) -> sqlx::Result<()> {
    statement.execute(connection).await.map(drop)
}

async fn write(connection: &mut SqliteConnection, record: &Record, vault: &Vault) -> sqlx::Result<()> {
    let statement = match record {
        Record::Account(account) => self::account(account, vault)?,
        // What belongs to it goes with it.
        Record::DropAccount(id) => sqlx::query("DELETE FROM accounts WHERE id = $1").bind(id),
        Record::Health { account, body } => sqlx::query(HEALTH).bind(account).bind(body),
        Record::Event(_) | Record::Calls(_) => return Ok(()),
        Record::Tally(tally) => return statistics::write_tally(connection, tally).await,
        Record::Usage(usage) => self::usage(usage),
        Record::Setting { name, value: Some(value) } => sqlx::query(SETTING).bind(name).bind(value),
        Record::Setting { name, value: None } => sqlx::query("DELETE FROM settings WHERE name = $1").bind(name),
        Record::File(file) => self::file(file, vault)?,
        Record::DropFile(id) => sqlx::query("DELETE FROM files WHERE id = $1").bind(id),
        Record::Session(session) => self::session(session),
        Record::DropSession(id) => sqlx::query("DELETE FROM sessions WHERE id = $1").bind(id),
        Record::Audit(entry) => audit(entry),
        Record::Key(key) => keys::key(key),
        Record::KeyUse(used) => keys::key_use(used),
        Record::Models(models) => sqlx::query(MODELS).bind(&models.provider).bind(&models.body).bind(models.at_ms),
    };
    run(connection, statement).await
}

fn account<'q>(account: &'q AccountRecord, vault: &Vault) -> sqlx::Result<Statement<'q>> {
    let failed = |why: String| sqlx::Error::Protocol(format!("account {}: {why}", account.id));
    let text = serde_json::to_vec(account.credential.expose()).map_err(|error| failed(error.to_string()))?;
    let sealed = vault.seal(&credential_of(&account.id), &text);
    let sealed = sealed.map_err(|_| failed("its credential cannot be encrypted".to_owned()))?;
    Ok(sqlx::query(ACCOUNT)
        .bind(&account.id)
        .bind(&account.provider)
        .bind(account.number.map(i64::from))
        .bind(&account.name)
        .bind(&account.origin)
        .bind(&account.fingerprint)
        .bind(&account.identity)
        .bind(sealed)
        .bind(account.version)
        .bind(i64::from(account.enabled))
        .bind(&account.limits)
        .bind(i64::from(account.gone))
        .bind(account.created_ms)
        .bind(account.changed_ms))
}

fn file<'q>(file: &'q FileRecord, vault: &Vault) -> sqlx::Result<Statement<'q>> {
    let sealed = file.secrets().and_then(|text| vault.seal(&secrets_of(&file.id), &text).ok());
    let sealed = sealed.ok_or_else(|| sqlx::Error::Protocol("a file's key cannot be encrypted".to_owned()))?;
    Ok(sqlx::query(FILE)
        .bind(&file.id)
        .bind(&file.owner)
        .bind(&file.purpose)
        .bind(i64::try_from(file.bytes).unwrap_or(i64::MAX))
        .bind(file.created_ms)
        .bind(file.expires_at)
        .bind(sealed))
}

fn session(session: &SessionRecord) -> Statement<'_> {
    let row = sqlx::query(SESSION).bind(&session.id).bind(&session.hash);
    row.bind(session.created_ms).bind(session.seen_ms).bind(&session.address).bind(&session.key)
}

fn audit(entry: &AuditRecord) -> Statement<'_> {
    let row = sqlx::query(AUDIT).bind(entry.slot()).bind(entry.seq).bind(entry.at_ms).bind(&entry.who);
    let row = row.bind(&entry.address).bind(&entry.action).bind(&entry.subject);
    row.bind(i64::from(entry.status)).bind(i64::from(entry.times))
}

fn event(event: &EventRecord, position: i64) -> Statement<'_> {
    sqlx::query(EVENT).bind(position).bind(&event.account).bind(event.at_ms).bind(&event.body)
}

fn usage(usage: &UsageRecord) -> Statement<'_> {
    sqlx::query(USAGE).bind(&usage.account).bind(usage.day).bind(usage.requests).bind(usage.tokens)
}
