//! What is kept of calls: totals by the hour, which become totals by the day when they are old, and the newest calls.

use std::collections::BTreeMap;
use std::path::Path;

use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;

use super::records::{CallsRecord, TallyRecord};
use super::schema;
use super::trouble::Trouble;
use crate::counts::{Names, merged};

/// How many calls are kept, or somewhat more: the oldest of them may share a row with older ones.
pub(super) const CALLS_KEPT: usize = 2000;

/// How long hours are kept as such, in days.
const HOURS_KEPT: i64 = 35;

/// How long days are kept, in days.
const DAYS_KEPT: i64 = 800;

/// One day, in milliseconds.
const DAY_MS: i64 = 86_400_000;

const TALLY: &str = "INSERT INTO tallies (start_ms, hours, names, body) VALUES ($1, $2, $3, $4) \
    ON CONFLICT (start_ms, hours, names) DO UPDATE SET body = excluded.body";
const CALLS: &str =
    "INSERT INTO calls (seq, body) VALUES ($1, $2) ON CONFLICT (seq) DO UPDATE SET body = excluded.body";

/// Writes totals in the place of those that were there.
pub(super) async fn write_tally(connection: &mut SqliteConnection, tally: &TallyRecord) -> sqlx::Result<()> {
    write_sums(connection, tally, Names::All).await
}

async fn write_sums(connection: &mut SqliteConnection, tally: &TallyRecord, names: Names) -> sqlx::Result<()> {
    let statement = sqlx::query(TALLY).bind(tally.start_ms).bind(tally.hours).bind(names.name()).bind(&tally.body);
    statement.execute(connection).await.map(drop)
}

/// Writes calls, oldest first, and forgets those that are too many then.
pub(super) async fn write_calls<'a>(
    connection: &mut SqliteConnection,
    calls: impl Iterator<Item = &'a CallsRecord>,
) -> sqlx::Result<()> {
    let mut last = None;
    for some in calls {
        sqlx::query(CALLS).bind(some.seq).bind(&some.lines).execute(&mut *connection).await?;
        last = Some(some.seq);
    }
    let Some(last) = last else { return Ok(()) };
    let forget = sqlx::query("DELETE FROM calls WHERE seq <= $1").bind(last - CALLS_KEPT as i64);
    forget.execute(connection).await.map(drop)
}

/// Makes days of the hours that are old on `today`, all or none, and forgets the days that are very old.
pub(super) async fn roll_up(connection: &mut SqliteConnection, today: i64) -> sqlx::Result<()> {
    // A day that is there already takes hours in that came after it: a clock may have been wrong.
    const OLD: &str = "SELECT start_ms, body FROM tallies WHERE names = 'all' AND start_ms < $1 AND start_ms / $2 IN \
        (SELECT start_ms / $2 FROM tallies WHERE hours = 1 AND start_ms < $1) ORDER BY start_ms, hours";
    let before = (today - HOURS_KEPT) * DAY_MS;
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let old: Vec<(i64, String)> = sqlx::query_as(OLD).bind(before).bind(DAY_MS).fetch_all(&mut *transaction).await?;
    let mut days: BTreeMap<i64, Vec<&str>> = BTreeMap::new();
    for (start, body) in &old {
        days.entry(start - start.rem_euclid(DAY_MS)).or_default().push(body);
    }
    for (start_ms, bodies) in days {
        for names in Names::EACH {
            let day = TallyRecord { start_ms, hours: 24, body: merged(bodies.iter().copied(), names) };
            write_sums(&mut transaction, &day, names).await?;
        }
    }
    let forget = sqlx::query("DELETE FROM tallies WHERE hours = 1 AND start_ms < $1").bind(before);
    forget.execute(&mut *transaction).await?;
    let forget = sqlx::query("DELETE FROM tallies WHERE start_ms < $1").bind((today - DAYS_KEPT) * DAY_MS);
    forget.execute(&mut *transaction).await?;
    transaction.commit().await
}

/// The totals of the hours of `today` and of those to come, if the clock was ahead once.
pub(super) async fn read_today(connection: &mut SqliteConnection, today: i64) -> sqlx::Result<Vec<TallyRecord>> {
    if !has_tables(connection).await? {
        return Ok(Vec::new());
    }
    read(connection, today * DAY_MS, i64::MAX, Names::All).await
}

/// The newest calls, oldest first.
pub(super) async fn read_calls(connection: &mut SqliteConnection) -> sqlx::Result<Vec<CallsRecord>> {
    // Each row has one at least.
    const NEWEST: &str = "SELECT seq, body FROM (SELECT seq, body FROM calls ORDER BY seq DESC LIMIT $1) AS newest \
        ORDER BY seq";
    if !has_tables(connection).await? {
        return Ok(Vec::new());
    }
    let rows: Vec<(i64, String)> = sqlx::query_as(NEWEST).bind(CALLS_KEPT as i64).fetch_all(connection).await?;
    Ok(rows.into_iter().map(|(seq, lines)| CallsRecord { seq, count: lines.lines().count(), lines }).collect())
}

/// The totals from `from` until `to` of the database at `path`, in which these `names` at least are told apart. By a
/// connection of its own: the writer goes on meanwhile.
pub(super) async fn look(path: &Path, from: i64, to: i64, names: Names) -> Result<Vec<TallyRecord>, Trouble> {
    let trouble = |error: sqlx::Error| Trouble::of(&error, path);
    let mut connection = schema::glance(path).await.map_err(trouble)?;
    let found = match has_tables(&mut connection).await {
        // A day begins before what is looked for.
        Ok(true) => read(&mut connection, from.saturating_sub(DAY_MS), to, names).await,
        Ok(false) => Ok(Vec::new()),
        Err(error) => Err(error),
    };
    let _ = connection.close().await;
    found.map_err(trouble)
}

async fn read(connection: &mut SqliteConnection, from: i64, to: i64, names: Names) -> sqlx::Result<Vec<TallyRecord>> {
    const ALL: &str = "SELECT start_ms, hours, body FROM tallies WHERE start_ms >= $1 AND start_ms < $2 \
        AND (hours = 1 OR names = $3) ORDER BY start_ms, hours";
    let found = sqlx::query_as(ALL).bind(from).bind(to).bind(names.name());
    let rows: Vec<(i64, i64, String)> = found.fetch_all(connection).await?;
    Ok(rows.into_iter().map(|(start_ms, hours, body)| TallyRecord { start_ms, hours, body }).collect())
}

/// A database that can only be read stays as an earlier version left it.
async fn has_tables(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    const TABLE: &str = "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'tallies'";
    let table: Option<String> = sqlx::query_scalar(TABLE).fetch_optional(connection).await?;
    Ok(table.is_some())
}
