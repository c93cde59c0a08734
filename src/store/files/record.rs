//! What is known of a file besides its contents.

use std::fmt;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::config::Secret;
use crate::random;

/// The owner of the service, as files know whom they belong to.
pub const OWNER: &str = "";

/// How every file's id begins.
const PREFIX: &str = "file-";

/// How many characters of an id tell when it was made, in milliseconds; enough for six thousand years.
const TIME_CHARS: usize = 8;

/// How many are made by chance: 95 bits.
const CHANCE_CHARS: usize = 16;

/// A file that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRecord {
    /// `file-` and 24 characters. Ids stand in the order in which they were made.
    pub id: String,
    /// Whose it is; [`OWNER`] for the owner's.
    pub owner: String,
    /// Its name, for people. Sealed on disk.
    pub name: String,
    /// What kind of contents its sender said it has. Sealed on disk.
    pub content_type: String,
    /// What it is for, in OpenAI's words.
    pub purpose: String,
    /// How large it is.
    pub bytes: u64,
    /// When it was made, in milliseconds since 1970.
    pub created_ms: i64,
    /// When it vanishes, in seconds since 1970.
    pub expires_at: Option<i64>,
    /// The key of its contents, its own. Sealed on disk; empty if it was torn there.
    pub(in crate::store) key: Secret<String>,
}

/// What is sealed of a file.
#[derive(Serialize, Deserialize)]
struct Secrets {
    name: String,
    content_type: String,
    key: String,
}

impl FileRecord {
    /// What must be sealed of it.
    pub(in crate::store) fn secrets(&self) -> Option<Vec<u8>> {
        let (name, content_type, key) = (self.name.clone(), self.content_type.clone(), self.key.expose().clone());
        serde_json::to_vec(&Secrets { name, content_type, key }).ok()
    }

    /// The same with what was sealed of it; its key stays empty if that cannot be read.
    pub(in crate::store) fn with_secrets(self, opened: &[u8]) -> Self {
        match serde_json::from_slice(opened) {
            Ok(Secrets { name, content_type, key }) => Self { name, content_type, key: Secret::new(key), ..self },
            Err(_) => self,
        }
    }

    /// Whether `owner` may see it at `now`, in seconds since 1970.
    pub(super) fn is_shown(&self, owner: &str, now: i64) -> bool {
        self.owner == owner && !self.has_expired(now)
    }

    pub(super) fn has_expired(&self, now: i64) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }
}

/// A file with its contents.
#[derive(Clone)]
pub struct StoredFile {
    /// What is known of it.
    pub record: FileRecord,
    /// Its contents.
    pub bytes: Bytes,
}

/// What a sender says of a file.
#[derive(Debug, Clone)]
pub struct FileNote {
    /// Whose it is.
    pub owner: String,
    /// Its name.
    pub name: String,
    /// What kind of contents it has.
    pub content_type: String,
    /// What it is for.
    pub purpose: String,
    /// For how many seconds it is kept; for good, if that is not said.
    pub lifetime: Option<i64>,
}

/// Which files are asked for.
#[derive(Debug, Clone)]
pub struct FileQuery<'a> {
    /// Only those that are for this.
    pub purpose: Option<&'a str>,
    /// Only those that come after this id; it need not be there any more.
    pub after: Option<&'a str>,
    /// At most so many.
    pub limit: usize,
    /// The oldest first.
    pub ascending: bool,
}

/// Why something could not be done with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileTrouble {
    /// `FILES_MAX_MB` is 0.
    Off,
    /// All files together would be larger than `FILES_MAX_MB`, which is this many MB.
    Full(u64),
    /// There are as many files as there may be, which is this many.
    Many(usize),
    /// The disk does not serve; a sentence for the owner.
    Disk(String),
    /// The contents are not what was stored.
    Damaged,
}

impl FileTrouble {
    /// What only the owner may read about it.
    pub fn for_owner(&self) -> Option<&str> {
        match self {
            Self::Disk(why) => Some(why),
            _ => None,
        }
    }
}

impl fmt::Display for FileTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("This service takes no files; its owner can change that with FILES_MAX_MB."),
            Self::Full(limit) => write!(
                f,
                "There is no room for this file: all files together may be {limit} MB large (FILES_MAX_MB). Delete some \
                 first."
            ),
            Self::Many(most) => {
                write!(f, "There are {most} files already, the most there may be. Delete some first.")
            }
            Self::Disk(_) => f.write_str("The disk does not serve, so nothing was done."),
            Self::Damaged => {
                f.write_str("The contents of this file were damaged on disk; delete it and upload it again.")
            }
        }
    }
}

/// A new id. It begins with its time, so that ids stand in order and the place of one that was deleted is still known.
pub(super) fn new_id(now_ms: i64) -> String {
    let chance = u128::from_str_radix(&random::hex(16), 16).unwrap_or_default();
    let time = u128::try_from(now_ms).unwrap_or_default();
    format!("{PREFIX}{}{}", digits(time, TIME_CHARS), digits(chance, CHANCE_CHARS))
}

/// Whether `text` has the form of an id.
pub fn is_file_id(text: &str) -> bool {
    text.strip_prefix(PREFIX).is_some_and(|rest| {
        rest.len() == TIME_CHARS + CHANCE_CHARS && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// The last `count` digits of `number` to the base 62. They sort as numbers do.
fn digits(mut number: u128, count: usize) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut text = vec![b'0'; count];
    for place in text.iter_mut().rev() {
        *place = DIGITS[usize::try_from(number % 62).unwrap_or_default()];
        number /= 62;
    }
    text.into_iter().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_their_form_do_not_repeat_and_stand_in_the_order_of_their_times() {
        let ids: Vec<String> = [1, 61, 62, 3844, 1_790_000_000_000, 1_790_000_000_001].map(new_id).into();
        assert!(ids.is_sorted(), "{ids:?}");
        assert!(ids.iter().all(|id| is_file_id(id)), "{ids:?}");
        let same: std::collections::BTreeSet<String> = (0..1000).map(|_| new_id(5)).collect();
        assert_eq!(same.len(), 1000);
        for wrong in
            ["", "file-", "obj_foo", "file-abc123", "file-../../../../../etc/pass", "file-0000000000000000000000000"]
        {
            assert!(!is_file_id(wrong), "{wrong}");
        }
    }
}
