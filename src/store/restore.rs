//! Putting a backup in the database's place.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;

use super::folder::{Store, private_file};
use super::key::Keys;
use super::keys::{self, Revoked};
use super::lock::Lock;
use super::read::{self, FileRow};
use super::schema::{self, Access, STEPS};
use super::trouble::Trouble;
use super::write;
use crate::config::Secret;

/// The name under which the replaced database is kept.
const REPLACED: &str = "qianqiao.db.before-restore";

/// The name of the new database while it is looked at.
const COMING: &str = "qianqiao.db.restoring";

/// Puts the backup `file` in the database's place, and keeps what it replaces. The service must not run.
///
/// # Errors
/// A sentence, if the service runs, the file is no whole database of qianqiao or was sealed with another key, or the
/// disk fails. Then nothing was changed.
pub async fn restore(dir: &Store, named_key: Option<&Secret<String>>, file: &Path) -> Result<String, String> {
    let _lock = Lock::for_command(dir)?;
    let keys = Keys::find(dir, named_key)?;
    let coming = dir.dir().join(COMING);
    // A log that an earlier try left must not be taken for one of this copy.
    clear(&coming);
    let result = bring(dir, &keys, file, &coming).await;
    // It is there only if it was not put in place.
    clear(&coming);
    match result {
        Ok(false) => Ok(format!("{} is the database now", file.display())),
        Ok(true) => {
            let replaced = dir.dir().join(REPLACED);
            Ok(format!("{} is the database now; the one before is kept as {}", file.display(), replaced.display()))
        }
        Err(trouble) => Err(format!("nothing was restored: {}", trouble.sentence())),
    }
}

fn clear(coming: &Path) {
    [coming.to_owned(), beside(coming, "wal"), beside(coming, "shm"), beside(coming, "journal")]
        .iter()
        .for_each(|left| drop(fs::remove_file(left)));
}

/// Returns whether there was a database before.
async fn bring(dir: &Store, keys: &Keys<'_>, file: &Path, coming: &Path) -> Result<bool, Trouble> {
    copy(file, coming).map_err(|error| Trouble::Disk(format!("{} cannot be copied ({error})", file.display())))?;
    examine(keys, file, coming).await.map_err(|trouble| trouble.named(coming, file))?;
    let path = dir.dir().join(schema::FILE);
    let left = settle(&path, keys).await;
    adapt(coming, &left).await?;
    let failed = |error: io::Error| Trouble::of_io(&error, &path);
    let replaced = set_aside(dir, &path).map_err(failed)?;
    dir.rename(coming, schema::FILE).map_err(failed)?;
    Ok(replaced)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut copied = private_file(to)?;
    io::copy(&mut fs::File::open(from)?, &mut copied)?;
    copied.sync_all()
}

/// Sees whether the copy is a whole database of ours that opens with the key at hand.
async fn examine(keys: &Keys<'_>, file: &Path, coming: &Path) -> Result<(), Trouble> {
    let mut connection = schema::open(coming, Access::Still, STEPS).await?;
    // A database without tables passes for a new one, and has no check value either.
    let check = read::check(&mut connection).await.unwrap_or_default();
    let _ = connection.close().await;
    let Some(check) = check else { return Err(Trouble::foreign(file)) };
    if keys.fits(&check) {
        return Ok(());
    }
    Err(Trouble::Stop(format!(
        "the key at hand does not open {}; put the data.key of that time back, or set DATA_KEY to it",
        file.display()
    )))
}

/// What the old database knows that must hold in the new one too.
#[derive(Default)]
struct Left {
    files: Vec<FileRow>,
    revoked: Vec<Revoked>,
}

/// Brings what is in the old database's log into its file. One that is damaged keeps its log instead. Returns what must be
/// brought over: what it knows of files, as far as the key at hand opens that, and which keys were taken back.
async fn settle(path: &Path, keys: &Keys<'_>) -> Left {
    let mut left = Left::default();
    if !path.exists() {
        return left;
    }
    if let Ok(mut connection) = schema::open(path, Access::Write, STEPS).await {
        let check = read::check(&mut connection).await.unwrap_or_default();
        if check.is_some_and(|check| keys.fits(&check)) {
            left.files = read::file_rows(&mut connection).await.unwrap_or_default();
        }
        left.revoked = keys::revoked(&mut connection).await.unwrap_or_default();
        let _ = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await;
        let _ = connection.close().await;
    }
    left
}

/// Takes over what the old database knows of files that came after the backup was made: their contents are still there,
/// and would be swept away as nobody's. A key that was taken back is taken back for good: it does not come to life with an
/// older backup. And nobody who was signed in when the backup was made is so again: the owner may have signed them out since.
async fn adapt(coming: &Path, left: &Left) -> Result<(), Trouble> {
    let mut connection = schema::open(coming, Access::Write, STEPS).await?;
    let brought = match bring_over(&mut connection, left).await {
        Ok(()) => write::no_sessions(&mut connection).await,
        failed => failed,
    };
    let _ = connection.close().await;
    brought.map_err(|error| Trouble::of(&error, coming))
}

async fn bring_over(connection: &mut SqliteConnection, left: &Left) -> sqlx::Result<()> {
    write::file_rows(connection, &left.files).await?;
    keys::revoke(connection, &left.revoked).await
}

/// Keeps the old database under its other name, with a log that could not be brought into it; the log must not lie
/// beside the new database, which is none of it.
fn set_aside(dir: &Store, path: &Path) -> io::Result<bool> {
    if !path.exists() {
        return Ok(false);
    }
    let replaced = dir.dir().join(REPLACED);
    [replaced.clone(), beside(&replaced, "wal")].iter().for_each(|old| drop(fs::remove_file(old)));
    // Until the new one takes the name, the old one keeps it.
    if fs::hard_link(path, &replaced).is_err() {
        copy(path, &replaced)?;
    }
    for ending in ["wal", "journal"] {
        let left = beside(path, ending);
        if left.exists() {
            fs::rename(&left, beside(&replaced, ending))?;
        }
    }
    let _ = fs::remove_file(beside(path, "shm"));
    dir.sync().map(|()| true)
}

/// The file that SQLite has beside the database at `path`.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!("-{ending}"));
    name.into()
}

#[cfg(test)]
mod tests {
    use super::super::fixture::Folder;
    use super::*;

    #[test]
    fn a_log_that_stayed_beside_the_old_database_does_not_stay_beside_the_new_one() {
        let folder = Folder::new();
        for name in [schema::FILE, "qianqiao.db-wal", "qianqiao.db-shm", REPLACED] {
            fs::write(folder.path(name), name).unwrap();
        }
        assert!(set_aside(&folder, &folder.path(schema::FILE)).unwrap());
        let names = ["qianqiao.db", "qianqiao.db.before-restore", "qianqiao.db.before-restore-wal"];
        assert_eq!(folder.names(), names, "the database itself stays until another takes its name");
        assert_eq!(folder.bytes(REPLACED), b"qianqiao.db");
        assert_eq!(folder.bytes("qianqiao.db.before-restore-wal"), b"qianqiao.db-wal");
        assert!(!set_aside(&folder, &folder.path("none")).unwrap());
    }
}
