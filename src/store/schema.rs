//! The database file: how it is opened, and that its tables are those of this version.

use std::path::Path;
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteLockingMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqlSafeStr};

use super::trouble::Trouble;

/// The database's file in the data directory.
pub(super) const FILE: &str = "qianqiao.db";

/// How long another program's lock is waited for. Somebody may be waiting for an answer meanwhile.
const BUSY: Duration = Duration::from_secs(1);

/// A step of the schema: its number, its name, its SQL.
pub(super) type Step = (i64, &'static str, &'static str);

/// All steps, in order. One that has shipped never changes.
pub(super) const STEPS: &[Step] = &[
    (1, "accounts", include_str!("../../migrations/0001_accounts.sql")),
    (2, "files", include_str!("../../migrations/0002_files.sql")),
    (3, "keys", include_str!("../../migrations/0003_keys.sql")),
    (4, "statistics", include_str!("../../migrations/0004_statistics.sql")),
    (5, "console", include_str!("../../migrations/0005_console.sql")),
];

/// How a database may be opened.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// To write into it.
    Write,
    /// To look at it.
    Read,
    /// To look at a file that nobody can change, on a file system without locks or where nothing can be written.
    Still,
}

/// Opens the database at `path`, and sees that it is ours and whole before anything is changed. To be written, it takes
/// the steps that it lacks. It makes none: a file that vanished is trouble, not a fresh start.
pub(super) async fn open(path: &Path, access: Access, steps: &[Step]) -> Result<SqliteConnection, Trouble> {
    open_as(options(path, access), path, access, steps).await
}

/// Opens the database at `path` to read something of it beside its writer, which has seen that it is ours and whole.
pub(super) async fn glance(path: &Path) -> sqlx::Result<SqliteConnection> {
    match options(path, Access::Read).connect().await {
        // Without the files that SQLite would make beside it, it can only be read as one that nobody writes.
        Err(error) if !is_busy(&error) => options(path, Access::Still).connect().await,
        connected => connected,
    }
}

async fn open_as(
    options: SqliteConnectOptions,
    path: &Path,
    access: Access,
    steps: &[Step],
) -> Result<SqliteConnection, Trouble> {
    let connected = match options.connect().await {
        Err(error) if access == Access::Write && !is_busy(&error) => connect_alone(options).await,
        connected => connected,
    };
    let mut connection = connected.map_err(|error| Trouble::of(&error, path))?;
    let ready = match access {
        Access::Write => prepare(&mut connection, path, steps).await,
        Access::Read | Access::Still => inspect(&mut connection, path, steps).await,
    };
    or_close(connection, ready).await.map(|(connection, ())| connection)
}

/// Opens a file that has a log where there is no shared memory for one: only somebody who is alone with it can read it
/// there. Then it goes on with the older journal.
async fn connect_alone(options: SqliteConnectOptions) -> sqlx::Result<SqliteConnection> {
    let mut connection = options.locking_mode(SqliteLockingMode::Exclusive).connect().await?;
    match leave_log(&mut connection).await {
        Ok(()) => Ok(connection),
        Err(error) => {
            let _ = connection.close().await;
            Err(error)
        }
    }
}

/// Passes `result` on with its connection. After an error that is closed first: a connection that is merely dropped
/// closes at some time later, and until then its files and locks are in the way of whoever comes next.
pub(super) async fn or_close<T>(
    connection: SqliteConnection,
    result: Result<T, Trouble>,
) -> Result<(SqliteConnection, T), Trouble> {
    match result {
        Ok(value) => Ok((connection, value)),
        Err(trouble) => {
            let _ = connection.close().await;
            Err(trouble)
        }
    }
}

async fn prepare(connection: &mut SqliteConnection, path: &Path, steps: &[Step]) -> Result<(), Trouble> {
    inspect(connection, path, steps).await?;
    settle_journal(connection).await.map_err(|error| Trouble::of(&error, path))?;
    migrate(connection, path, steps).await
}

fn options(path: &Path, access: Access) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .read_only(access != Access::Write)
        .immutable(access == Access::Still)
        .busy_timeout(BUSY)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        // What is deleted is overwritten, so that no old credential stays behind in the file.
        .pragma("secure_delete", "ON")
        // Everything is read once and written seldom; pages kept in memory would only take it.
        .pragma("cache_size", "-256")
        .disable_statement_logging()
}

/// Takes a write-ahead log. Network volumes offer no shared memory for one: there the older journal serves.
async fn settle_journal(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    let mode = sqlx::query_scalar::<_, String>("PRAGMA journal_mode = WAL").fetch_one(&mut *connection).await;
    match mode {
        Ok(mode) if mode.eq_ignore_ascii_case("wal") => Ok(()),
        Err(error) if is_busy(&error) => Err(error),
        Ok(_) | Err(_) => leave_log(connection).await,
    }
}

async fn leave_log(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    // A read is what gives a lock back that nobody needs alone any more.
    const STATEMENTS: [&str; 4] = [
        "PRAGMA locking_mode = EXCLUSIVE",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA locking_mode = NORMAL",
        "SELECT name FROM sqlite_master",
    ];
    for statement in STATEMENTS {
        sqlx::query(statement).fetch_all(&mut *connection).await?;
    }
    Ok(())
}

fn is_busy(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == "5" || code == "261")
}

/// Finds out whether the tables are ours and whole, without changing anything.
async fn inspect(connection: &mut SqliteConnection, path: &Path, steps: &[Step]) -> Result<(), Trouble> {
    let trouble = |error: sqlx::Error| Trouble::of(&error, path);
    let tables: Vec<String> = sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'table'")
        .fetch_all(&mut *connection)
        .await
        .map_err(trouble)?;
    if tables.is_empty() {
        return Ok(());
    }
    if !tables.iter().any(|table| table == "_sqlx_migrations") {
        return Err(Trouble::foreign(path));
    }
    let findings: Vec<String> =
        sqlx::query_scalar("PRAGMA quick_check(1)").fetch_all(&mut *connection).await.map_err(trouble)?;
    if findings.iter().any(|finding| finding != "ok") {
        return Err(Trouble::damaged(path));
    }
    let taken: Option<i64> = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
        .fetch_one(&mut *connection)
        .await
        .map_err(trouble)?;
    if taken.unwrap_or_default() > steps.last().map_or(0, |step| step.0) {
        return Err(Trouble::newer(path));
    }
    Ok(())
}

/// Takes the steps that are missing, each whole or not at all.
async fn migrate(connection: &mut SqliteConnection, path: &Path, steps: &[Step]) -> Result<(), Trouble> {
    let migration = |(number, name, sql): &Step| {
        Migration::new(*number, (*name).into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    let migrator = Migrator::with_migrations(steps.iter().map(migration).collect());
    migrator.run_direct(None, connection, false).await.map_err(|error| Trouble::of_migration(&error, path))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::Folder;
    use super::*;

    /// Opens `path` as on a network volume: locks are files, and there is no shared memory.
    async fn open_remote(path: &Path) -> SqliteConnection {
        let options = options(path, Access::Write).vfs("unix-dotfile");
        open_as(options, path, Access::Write, STEPS).await.unwrap()
    }

    async fn mode(connection: &mut SqliteConnection) -> String {
        sqlx::query_scalar("PRAGMA journal_mode").fetch_one(connection).await.unwrap()
    }

    async fn note(connection: &mut SqliteConnection, name: &str) {
        let statement = sqlx::query("INSERT INTO settings (name, value) VALUES ($1, '1')").bind(name);
        statement.execute(connection).await.unwrap();
    }

    #[tokio::test]
    async fn without_shared_memory_the_older_journal_serves_also_for_a_file_that_had_a_log() {
        let folder = Folder::new();
        let path = folder.path(FILE);
        std::fs::write(&path, "").unwrap();
        let mut remote = open_remote(&path).await;
        assert_eq!(mode(&mut remote).await, "delete");
        note(&mut remote, "a").await;
        remote.close().await.unwrap();

        let mut local = open(&path, Access::Write, STEPS).await.unwrap();
        assert_eq!(mode(&mut local).await, "wal");
        note(&mut local, "b").await;
        local.close().await.unwrap();

        let mut remote = open_remote(&path).await;
        assert_eq!(mode(&mut remote).await, "delete");
        note(&mut remote, "c").await;
        let mut other = open_remote(&path).await;
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM settings").fetch_one(&mut other).await.unwrap();
        assert_eq!(count, 3, "others may read beside it");
        other.close().await.unwrap();
        remote.close().await.unwrap();
    }

    #[tokio::test]
    async fn what_is_written_is_synced_and_deleted_bytes_are_overwritten() {
        let folder = Folder::new();
        let path = folder.path(FILE);
        std::fs::write(&path, "").unwrap();
        let mut connection = open(&path, Access::Write, STEPS).await.unwrap();
        for (pragma, wanted) in [("PRAGMA synchronous", 2), ("PRAGMA foreign_keys", 1), ("PRAGMA secure_delete", 1)] {
            let set: i64 = sqlx::query_scalar(pragma).fetch_one(&mut connection).await.unwrap();
            assert_eq!(set, wanted, "{pragma}");
        }
        connection.close().await.unwrap();
    }
}
