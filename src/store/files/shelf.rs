//! What is known of all files, and how much room they take.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::MOST;
use super::record::{FileQuery, FileRecord, FileTrouble};

/// By how much uploads may run ahead of the clock; it was set back if that is not enough.
const CROWD_MS: i64 = 1000;

/// What is known of all files. Clones are the same.
#[derive(Clone)]
pub(super) struct Shelf {
    state: Arc<Mutex<State>>,
    limit_mb: u64,
}

#[derive(Default)]
struct State {
    files: BTreeMap<String, FileRecord>,
    /// The bytes of all files, with those of uploads that are under way.
    used: u64,
    /// How many uploads are under way.
    uploads: usize,
    /// When the last upload began, in milliseconds since 1970.
    last_ms: i64,
}

impl Shelf {
    pub(super) fn new(records: Vec<FileRecord>, limit_mb: u64) -> Self {
        let used = records.iter().map(|record| record.bytes).sum();
        let files = records.into_iter().map(|record| (record.id.clone(), record)).collect();
        Self { state: Arc::new(Mutex::new(State { files, used, uploads: 0, last_ms: 0 })), limit_mb }
    }

    pub(super) fn find(&self, owner: &str, id: &str, now: i64) -> Option<FileRecord> {
        self.lock().files.get(id).filter(|record| record.is_shown(owner, now)).cloned()
    }

    pub(super) fn list(&self, owner: &str, query: &FileQuery<'_>, now: i64) -> (Vec<FileRecord>, bool) {
        let state = self.lock();
        let after = query.after.map_or(Bound::Unbounded, Bound::Excluded);
        let bounds = if query.ascending { (after, Bound::Unbounded) } else { (Bound::Unbounded, after) };
        let wanted = |(_, record): &(&String, &FileRecord)| {
            record.is_shown(owner, now) && query.purpose.is_none_or(|purpose| record.purpose == purpose)
        };
        let range = state.files.range::<str, _>(bounds).filter(wanted).map(|(_, record)| record);
        let mut found: Vec<FileRecord> = if query.ascending {
            range.take(query.limit + 1).cloned().collect()
        } else {
            range.rev().take(query.limit + 1).cloned().collect()
        };
        let more = found.len() > query.limit;
        found.truncate(query.limit);
        (found, more)
    }

    pub(super) fn expired(&self, now: i64) -> Vec<String> {
        self.lock().files.values().filter(|record| record.has_expired(now)).map(|record| record.id.clone()).collect()
    }

    /// Takes a file away; false if it was not there.
    pub(super) fn take(&self, id: &str) -> bool {
        let mut state = self.lock();
        let taken = state.files.remove(id);
        state.used -= taken.as_ref().map_or(0, |record| record.bytes);
        taken.is_some()
    }

    /// Lets an upload begin at `now_ms`. No two begin in the same millisecond, so that their order is known.
    pub(super) fn begin(&self, now_ms: i64) -> Result<Room, FileTrouble> {
        let mut state = self.lock();
        if self.limit_mb == 0 {
            return Err(FileTrouble::Off);
        }
        if state.files.len() + state.uploads >= MOST {
            return Err(FileTrouble::Many(MOST));
        }
        state.uploads += 1;
        let crowded = now_ms <= state.last_ms && state.last_ms - now_ms < CROWD_MS;
        state.last_ms = if crowded { state.last_ms + 1 } else { now_ms };
        Ok(Room { shelf: self.clone(), created_ms: state.last_ms, bytes: 0 })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The room that an upload takes, until it is dropped or the file stands in it.
pub(super) struct Room {
    shelf: Shelf,
    /// When its upload began, in milliseconds since 1970.
    pub(super) created_ms: i64,
    bytes: u64,
}

impl Room {
    /// How large it is.
    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Makes it larger, if all files together leave so much.
    pub(super) fn grow(&mut self, bytes: u64) -> Result<(), FileTrouble> {
        let mut state = self.shelf.lock();
        if state.used.saturating_add(bytes) > self.shelf.limit_mb.saturating_mul(1 << 20) {
            return Err(FileTrouble::Full(self.shelf.limit_mb));
        }
        state.used += bytes;
        self.bytes += bytes;
        Ok(())
    }

    /// Puts the file in; from now on it is seen.
    pub(super) fn fill(&mut self, record: FileRecord) {
        // What is dropped from now on is no room any more: the file has it.
        self.bytes = 0;
        self.shelf.lock().files.insert(record.id.clone(), record);
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let mut state = self.shelf.lock();
        state.used -= self.bytes;
        state.uploads -= 1;
    }
}
