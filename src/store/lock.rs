//! One service at a time has a data directory.

use std::fs::{File, OpenOptions, TryLockError};
use std::time::Duration;

use tokio::time::Instant;

use super::folder::{Store, open_private};

/// The file that is locked. It stays: removing it would let two services hold two locks of one name.
const FILE: &str = "qianqiao.lock";

/// How long a service that is just stopping is waited for.
const PATIENCE: Duration = Duration::from_secs(3);

/// How often it is looked whether it has stopped.
const STEP: Duration = Duration::from_millis(100);

/// The right to write into a data directory, until it is dropped. Where a file system has no locks it is only claimed.
pub(super) struct Lock {
    /// Closing it gives the lock back.
    _file: Option<File>,
}

impl Lock {
    /// Takes the lock, unless another service has it.
    pub(super) fn take(store: &Store) -> Option<Self> {
        let path = store.dir().join(FILE);
        let opened = open_private(&path, OpenOptions::new().write(true).create(true).truncate(false));
        let Ok(file) = opened else { return Some(Self { _file: None }) };
        match file.try_lock() {
            Ok(()) => Some(Self { _file: Some(file) }),
            Err(TryLockError::WouldBlock) => None,
            Err(TryLockError::Error(_)) => Some(Self { _file: None }),
        }
    }

    /// Takes the lock of a starting service; one that is just ending gets a while.
    pub(super) async fn wait(store: &Store) -> Result<Self, String> {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(lock) = Self::take(store) {
                return Ok(lock);
            }
            if Instant::now() >= end {
                let dir = store.dir().display();
                return Err(format!(
                    "DATA_DIR: another qianqiao uses {dir}; stop it, or give this one its own DATA_DIR"
                ));
            }
            tokio::time::sleep(STEP).await;
        }
    }

    /// Takes the lock for a command that no service may run beside.
    pub(super) fn for_command(store: &Store) -> Result<Self, String> {
        Self::take(store).ok_or_else(|| {
            format!("DATA_DIR: the service runs with {}; stop it first, then try again", store.dir().display())
        })
    }
}
