//! The commands of the owner: a backup, and another data key.

use std::fs::{self, OpenOptions};
use std::path::Path;

use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;

use super::files;
use super::folder::{Store, open_private};
use super::key::{self, Keys};
use super::lock::Lock;
use super::opening::unlock;
use super::schema::{self, Access, STEPS};
use super::seal::{Vault, credential_of, secrets_of};
use super::trouble::Trouble;
use super::{read, write};
use crate::config::Secret;
use crate::random;

/// Copies the database into the new file `file`, with the service running or not.
///
/// # Errors
/// A sentence, if there is no database, the file is there already, or it cannot be written.
pub async fn backup(dir: &Store, named_key: Option<&Secret<String>>, file: &Path) -> Result<String, String> {
    let path = dir.dir().join(schema::FILE);
    let bytes = copy(&path, file).await?;
    let key = if named_key.is_some() { "DATA_KEY".to_owned() } else { dir.dir().join(key::FILE).display().to_string() };
    let uploads = dir.dir().join(files::FOLDER);
    let contents = if uploads.exists() {
        format!("; the contents of uploaded files are not in it: copy {} beside it", uploads.display())
    } else {
        String::new()
    };
    Ok(format!(
        "{} holds the database ({bytes} bytes); it opens only with the key of {key}, which it does not hold: keep that too, elsewhere{contents}",
        file.display()
    ))
}

/// Copies the database at `path` into the new file `file`, consistently and for the owner alone.
pub(super) async fn copy(path: &Path, file: &Path) -> Result<u64, String> {
    let there = fs::metadata(path).is_ok_and(|file| file.len() > 0);
    if !there {
        return Err(format!("DATA_DIR: there is no database {} of which a backup could be made", path.display()));
    }
    let name = file.to_str().ok_or("the name of a backup must be UTF-8; choose another")?;
    let made = open_private(file, OpenOptions::new().write(true).create_new(true)).map_err(|error| {
        format!(
            "the backup {name} cannot be made ({error}); name a file that is not there, in a folder that can be written"
        )
    })?;
    let copied =
        copy_into(path, name).await.and_then(|()| made.sync_all().map_err(|error| Trouble::of_io(&error, file)));
    match copied.and_then(|()| fs::metadata(file).map_err(|error| Trouble::of_io(&error, file))) {
        Ok(file) => Ok(file.len()),
        Err(trouble) => {
            let _ = fs::remove_file(file);
            Err(format!("no backup was made: {}", trouble.sentence()))
        }
    }
}

async fn copy_into(path: &Path, name: &str) -> Result<(), Trouble> {
    let mut connection = match schema::open(path, Access::Read, STEPS).await {
        Err(Trouble::Disk(_)) => schema::open(path, Access::Still, STEPS).await?,
        opened => opened?,
    };
    let copied = sqlx::query("VACUUM INTO $1").bind(name).execute(&mut connection).await;
    let _ = connection.close().await;
    copied.map(drop).map_err(|error| Trouble::of(&error, Path::new(name)))
}

/// Seals everything anew under a new data key. The service must not run.
///
/// # Errors
/// A sentence, if the service runs, there is no database, the present key does not fit, or the disk fails. Then the
/// present key still fits.
pub async fn rotate_key(dir: &Store, named_key: Option<&Secret<String>>) -> Result<String, String> {
    let _lock = Lock::for_command(dir)?;
    let keys = Keys::find(dir, named_key)?;
    let key = random::hex(32);
    change(dir, &keys, &key).await.map_err(Trouble::sentence)?;
    if keys.is_named() {
        let next = dir.dir().join(key::NEXT_FILE);
        return Ok(format!(
            "everything is sealed with a new key; set DATA_KEY={key} before the next start (until then it is kept in {})",
            next.display()
        ));
    }
    let file = dir.dir().join(key::FILE);
    keys.finish().map_err(|error| {
        format!(
            "the new key is in place, but {} could not be renamed ({error}); the next start does it",
            key::NEXT_FILE
        )
    })?;
    Ok(format!("everything is sealed with the new key in {}; older backups need the older key", file.display()))
}

/// Changes over to `key`. It is on disk before anything is sealed with it, so that at no moment a failure loses it.
pub(super) async fn change(dir: &Store, keys: &Keys<'_>, key: &str) -> Result<(), Trouble> {
    let path = dir.dir().join(schema::FILE);
    let mut connection = schema::open(&path, Access::Write, STEPS).await?;
    let changed = change_in(&mut connection, &path, keys, key).await;
    let _ = connection.close().await;
    changed
}

async fn change_in(connection: &mut SqliteConnection, path: &Path, keys: &Keys<'_>, key: &str) -> Result<(), Trouble> {
    let old = unlock(connection, path, keys, &mut Vec::new()).await?;
    let new = old.with_key(&Secret::new(key.to_owned()))?;
    keys.keep_next(key).map_err(|error| Trouble::of_io(&error, &path.with_file_name(key::NEXT_FILE)))?;
    // What was sealed with the old key is overwritten where it lay, and the log goes when the connection is closed.
    reseal(connection, &old, &new).await.map_err(|error| Trouble::of(&error, path))
}

/// Seals every credential, the keys of the files and the check value anew, all or nothing.
async fn reseal(connection: &mut SqliteConnection, old: &Vault, new: &Vault) -> sqlx::Result<()> {
    let failed = |_| sqlx::Error::Protocol("the encryption failed".to_owned());
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    for (account, sealed) in read::sealed_credentials(&mut transaction).await? {
        let place = credential_of(&account);
        // One that does not open now never will; its account waits for a new one with either key.
        let Some(text) = old.unseal(&place, &sealed) else { continue };
        write::credential(&mut transaction, &account, &new.seal(&place, &text).map_err(failed)?).await?;
    }
    for (file, sealed) in read::sealed_files(&mut transaction).await? {
        let place = secrets_of(&file);
        // The contents are sealed with the key that lies in here, so they stay as they are.
        let Some(text) = old.unseal(&place, &sealed) else { continue };
        write::file_secrets(&mut transaction, &file, &new.seal(&place, &text).map_err(failed)?).await?;
    }
    write::check(&mut transaction, &new.check().map_err(failed)?).await?;
    transaction.commit().await
}
