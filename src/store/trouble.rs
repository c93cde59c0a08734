//! What can be wrong with the database, in sentences.

use std::io;
use std::path::Path;

use ring::error::Unspecified;
use sqlx::migrate::MigrateError;

/// Why the database cannot be used as it should.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The disk does not take or give anything now; it may later. What is kept can be kept in memory meanwhile.
    Disk(String),
    /// Going on would lose something. A whole sentence with the mend.
    Stop(String),
}

impl Trouble {
    /// The sentence for somebody who asked for one thing and did not get it.
    pub(super) fn sentence(self) -> String {
        match self {
            Self::Disk(why) => format!("DATA_DIR: {why}"),
            Self::Stop(sentence) => sentence,
        }
    }

    /// The same, about `other` of which `path` is only a copy.
    pub(super) fn named(self, path: &Path, other: &Path) -> Self {
        let name = |sentence: String| sentence.replace(&*path.to_string_lossy(), &other.to_string_lossy());
        match self {
            Self::Disk(why) => Self::Disk(name(why)),
            Self::Stop(sentence) => Self::Stop(name(sentence)),
        }
    }

    /// What an error of SQLite at `path` means.
    pub(super) fn of(error: &sqlx::Error, path: &Path) -> Self {
        let file = path.display();
        let why = match code(error) {
            Some(Code::Damaged) => return Self::damaged(path),
            Some(Code::Full) => format!("the disk is full, so {file} cannot be written; free some space"),
            Some(Code::ReadOnly) => format!("{file} is read only; make it and its folder writable for the service"),
            Some(Code::Busy) => format!("another program keeps {file} locked; end that program"),
            Some(Code::CannotOpen) => {
                format!("{file} cannot be opened; see that it is there, with its folder writable for the service")
            }
            None => format!("{file} cannot be used ({error}); see whether the disk is in order"),
        };
        Self::Disk(why)
    }

    /// What an error of a migration at `path` means.
    pub(super) fn of_migration(error: &MigrateError, path: &Path) -> Self {
        match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => Self::of(error, path),
            MigrateError::VersionMissing(_) => Self::newer(path),
            other => Self::Stop(format!(
                "the database {} does not fit this version of qianqiao ({other}); restore a backup, or use the version \
                 that wrote it",
                path.display()
            )),
        }
    }

    /// What an error of the file system at `path` means.
    pub(super) fn of_io(error: &io::Error, path: &Path) -> Self {
        Self::Disk(format!("{} cannot be written ({error})", path.display()))
    }

    /// The file is torn or no database at all.
    pub(super) fn damaged(path: &Path) -> Self {
        Self::Stop(format!(
            "{} is damaged or no database; restore a whole backup with `qianqiao restore FILE`, or move it away to begin \
             anew; nothing was changed",
            path.display()
        ))
    }

    /// A later version wrote it.
    pub(super) fn newer(path: &Path) -> Self {
        Self::Stop(format!(
            "the database {} was written by a newer version of qianqiao; use that version, or restore a backup of this \
             one; nothing was changed",
            path.display()
        ))
    }

    /// Somebody else's database.
    pub(super) fn foreign(path: &Path) -> Self {
        Self::Stop(format!(
            "{} is a database, but none of qianqiao; move it away or name the right file; nothing was changed",
            path.display()
        ))
    }
}

impl From<Unspecified> for Trouble {
    fn from(_: Unspecified) -> Self {
        Self::Stop("the encryption of the database failed; report it as a bug".to_owned())
    }
}

enum Code {
    Damaged,
    Full,
    ReadOnly,
    Busy,
    CannotOpen,
}

/// The result codes of SQLite that have a mend of their own: <https://www.sqlite.org/rescode.html>.
fn code(error: &sqlx::Error) -> Option<Code> {
    let code: u32 = error.as_database_error()?.code()?.parse().ok()?;
    match code & 0xff {
        5 | 6 => Some(Code::Busy),
        8 => Some(Code::ReadOnly),
        11 | 26 => Some(Code::Damaged),
        13 => Some(Code::Full),
        14 => Some(Code::CannotOpen),
        _ => None,
    }
}
