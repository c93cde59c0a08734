//! A copy of the database to hand out.

use std::fs;

use super::Database;
use crate::random;

/// A copy of the database as it is now. The copy holds no key.
///
/// # Errors
/// As [`Database::backup`].
pub async fn copy(database: &Database) -> Result<Vec<u8>, String> {
    let unread = |error: std::io::Error| format!("the copy cannot be read back ({})", error.kind());
    let folder = database.folder().ok_or("there is no database on disk of which a backup could be made")?;
    let file = folder.join(format!("backup-{}.part", random::hex(8)));
    let copied = database.backup(&file).await;
    let bytes = copied.and_then(|_| fs::read(&file).map_err(unread));
    // The file is ours alone, and nobody misses it.
    let _ = fs::remove_file(&file);
    bytes
}
