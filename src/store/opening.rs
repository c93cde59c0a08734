//! Opening the database: what is there, with which key, and what to do if the disk does not serve.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};

use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;

use super::folder::{Store, open_private};
use super::key::Keys;
use super::records::Contents;
use super::schema::{self, Access, STEPS};
use super::seal::Vault;
use super::trouble::Trouble;
use super::{read, write};
use crate::config::Secret;
use crate::random;

/// An opened database.
pub(super) struct Opened {
    /// The connection that writes, if the disk lets it.
    pub(super) connection: Option<SqliteConnection>,
    /// Where the database lies; nowhere if there is none and none can be made.
    pub(super) path: Option<PathBuf>,
    /// What opens and seals.
    pub(super) vault: Vault,
    /// What was kept.
    pub(super) contents: Contents,
    /// The position of the newest event.
    pub(super) last_event: i64,
    /// Why nothing can be written now.
    pub(super) problem: Option<String>,
}

/// Opens the database of `store`, or what of it can be had. An error is a sentence about what must be mended first.
pub(super) async fn open(store: &Store, named: Option<&Secret<String>>, today: i64) -> Result<Opened, String> {
    let keys = Keys::find(store, named)?;
    let why = match for_writing(store, &keys, today).await {
        Ok(opened) => return Ok(opened),
        Err(Trouble::Stop(sentence)) => return Err(sentence),
        Err(Trouble::Disk(why)) => why,
    };
    let path = store.dir().join(schema::FILE);
    let there = path.metadata().is_ok_and(|file| file.len() > 0);
    let read = if there { for_reading(&path, &keys, today).await } else { Err(Trouble::Disk(why.clone())) };
    match read {
        Ok(mut opened) => {
            opened.problem = Some(format!("DATA_DIR: {why}; until then changes are kept in memory only"));
            Ok(opened)
        }
        Err(Trouble::Stop(sentence)) => Err(sentence),
        Err(Trouble::Disk(_)) => in_memory(&why, there).map_err(Trouble::sentence),
    }
}

async fn for_writing(store: &Store, keys: &Keys<'_>, today: i64) -> Result<Opened, Trouble> {
    if !store.is_writable() {
        return Err(Trouble::Disk(format!(
            "{} cannot be written; make it writable for the service",
            store.dir().display()
        )));
    }
    let path = store.dir().join(schema::FILE);
    make(store, &path).map_err(|error| Trouble::of_io(&error, &path))?;
    let mut connection = schema::open(&path, Access::Write, STEPS).await?;
    let taken = take(&mut connection, &path, keys, today).await;
    let (connection, opened) = schema::or_close(connection, taken).await?;
    Ok(Opened { connection: Some(connection), ..opened })
}

/// Makes the file if it is not there. SQLite gives the files beside it the same mode as this one.
fn make(store: &Store, path: &Path) -> io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    open_private(path, OpenOptions::new().append(true).create(true))?;
    store.sync()
}

async fn take(connection: &mut SqliteConnection, path: &Path, keys: &Keys<'_>, today: i64) -> Result<Opened, Trouble> {
    let mut warnings = Vec::new();
    let vault = unlock(connection, path, keys, &mut warnings).await?;
    write::prune(connection, today).await.map_err(|error| Trouble::of(&error, path))?;
    gather(connection, path, vault, today, warnings).await
}

/// Reads what is there though nothing can be written.
async fn for_reading(path: &Path, keys: &Keys<'_>, today: i64) -> Result<Opened, Trouble> {
    let mut connection = match schema::open(path, Access::Read, STEPS).await {
        // Without the files that SQLite would make beside it, it can only be read as one that nobody writes.
        Err(Trouble::Disk(_)) => schema::open(path, Access::Still, STEPS).await?,
        opened => opened?,
    };
    let looked = look(&mut connection, path, keys, today).await;
    let _ = connection.close().await;
    looked
}

async fn look(connection: &mut SqliteConnection, path: &Path, keys: &Keys<'_>, today: i64) -> Result<Opened, Trouble> {
    let check = read::check(connection).await.map_err(|error| Trouble::of(&error, path))?;
    let Some(check) = check else { return Err(Trouble::Disk("nothing was kept yet".to_owned())) };
    let mut warnings = Vec::new();
    let vault = keys.open(&check, &mut warnings)?;
    gather(connection, path, vault, today, warnings).await
}

/// Finds the key that fits, or begins with one if nothing was sealed yet.
pub(super) async fn unlock(
    connection: &mut SqliteConnection,
    path: &Path,
    keys: &Keys<'_>,
    warnings: &mut Vec<String>,
) -> Result<Vault, Trouble> {
    let trouble = |error: sqlx::Error| Trouble::of(&error, path);
    if let Some(check) = read::check(connection).await.map_err(trouble)? {
        return keys.open(&check, warnings);
    }
    if read::account_count(connection).await.map_err(trouble)? > 0 {
        return Err(Trouble::damaged(path));
    }
    let vault = keys.begin()?;
    write::check(connection, &vault.check()?).await.map_err(trouble)?;
    Ok(vault)
}

async fn gather(
    connection: &mut SqliteConnection,
    path: &Path,
    vault: Vault,
    today: i64,
    mut warnings: Vec<String>,
) -> Result<Opened, Trouble> {
    let trouble = |error: sqlx::Error| Trouble::of(&error, path);
    let mut contents = read::contents(connection, &vault, today).await.map_err(trouble)?;
    let last_event = read::last_event(connection).await.map_err(trouble)?;
    warnings.append(&mut contents.warnings);
    contents.warnings = warnings;
    Ok(Opened { connection: None, path: Some(path.to_owned()), vault, contents, last_event, problem: None })
}

/// Nothing can be read and nothing can be kept: everything else works.
fn in_memory(why: &str, there: bool) -> Result<Opened, Trouble> {
    let vault = Vault::new(&Secret::new(random::hex(32)))?;
    let lost = if there { "what was kept is not known, and nothing new" } else { "nothing" };
    let problem = Some(format!("DATA_DIR: {why}, then restart; until then {lost} outlasts a restart"));
    Ok(Opened { connection: None, path: None, vault, contents: Contents::default(), last_event: 0, problem })
}
