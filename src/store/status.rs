//! How the keeping goes, for everybody who wants to know.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// How the keeping goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Whether what is kept reaches the disk.
    pub on_disk: bool,
    /// If not, why, in a sentence with the mend.
    pub problem: Option<String>,
    /// How many records are not on disk yet.
    pub pending: u64,
    /// How large the database is on disk.
    pub bytes: u64,
    /// When it was last written, in milliseconds since 1970; 0 if it was not since the start.
    pub last_write_ms: i64,
}

/// The status as the writer and everybody else share it.
#[derive(Default)]
pub(super) struct Shared {
    pending: AtomicU64,
    bytes: AtomicU64,
    last_write_ms: AtomicI64,
    problem: Mutex<Option<String>>,
}

impl Shared {
    pub(super) fn status(&self) -> Status {
        let problem = self.problem();
        Status {
            on_disk: problem.is_none(),
            problem,
            pending: self.pending.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
            last_write_ms: self.last_write_ms.load(Ordering::Relaxed),
        }
    }

    pub(super) fn problem(&self) -> Option<String> {
        self.problem.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes the problem there is now. Returns whether that is news.
    pub(super) fn set_problem(&self, problem: Option<String>) -> bool {
        let mut present = self.problem.lock().unwrap_or_else(PoisonError::into_inner);
        let news = *present != problem;
        *present = problem;
        news
    }

    pub(super) fn put(&self, records: usize) {
        self.pending.fetch_add(records as u64, Ordering::Relaxed);
    }

    /// Notes that so many records need no more keeping.
    pub(super) fn done(&self, records: u64) {
        self.pending.fetch_sub(records, Ordering::Relaxed);
    }

    /// Notes that the database at `path` was written.
    pub(super) fn written(&self, path: &Path) {
        self.measure(path);
        self.last_write_ms.store(now_ms(), Ordering::Relaxed);
    }

    /// Notes how large the database at `path` is, with what is in its log.
    pub(super) fn measure(&self, path: &Path) {
        let size = |path: &Path| fs::metadata(path).map_or(0, |file| file.len());
        let log = path.with_extension("db-wal");
        self.bytes.store(size(path) + size(&log), Ordering::Relaxed);
    }
}

/// Now, in milliseconds since 1970.
pub(super) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
