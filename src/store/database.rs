//! The handle by which everybody keeps something.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

use super::disk::Disk;
use super::folder::Store;
use super::lock::Lock;
use super::records::{Contents, Record, TallyRecord};
use super::seal::Vault;
use super::status::{Shared, Status};
use super::trouble::Trouble;
use super::writer::{Message, Writer};
use super::{maintenance, opening, statistics};
use crate::config::Secret;
use crate::counts::Names;

/// How long an answer is waited for from a disk that says nothing at all.
const PATIENCE: Duration = Duration::from_secs(2);

/// Where something was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// It is on disk.
    Disk,
    /// It is in memory only, for this reason. It is written as soon as that is possible.
    Memory(String),
}

/// A handle to the database. Clones are the same database.
#[derive(Clone)]
pub struct Database(Arc<Inner>);

struct Inner {
    sender: UnboundedSender<Message>,
    shared: Arc<Shared>,
    vault: Arc<Vault>,
    path: Option<PathBuf>,
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database").field("path", &self.0.path).finish_non_exhaustive()
    }
}

impl Database {
    /// Opens the database in `dir` and reads it. `data_key` is the key that the environment names, if it names one;
    /// `today` is counted in days since 1970. The [`Writer`] must be run for anything to be written.
    ///
    /// # Errors
    /// A sentence that says what must be mended before a start makes sense: the key does not fit, the file is damaged
    /// or of a newer version, another service uses it. A folder that cannot be written is no error.
    pub async fn open(
        dir: &Store,
        data_key: Option<&Secret<String>>,
        today: i64,
    ) -> Result<(Self, Writer, Contents), String> {
        let lock = Lock::wait(dir).await?;
        let opened = opening::open(dir, data_key, today).await?;
        let (sender, inbox) = unbounded_channel();
        let (shared, vault) = (Arc::new(Shared::default()), Arc::new(opened.vault));
        shared.set_problem(opened.problem);
        let disk = opened.path.clone().map(|path| {
            shared.measure(&path);
            Disk::new(path, Arc::clone(&vault), opened.connection, opened.last_event, today)
        });
        let writer = Writer::new(inbox, disk, Arc::clone(&shared), lock);
        Ok((Self(Arc::new(Inner { sender, shared, vault, path: opened.path })), writer, opened.contents))
    }

    /// Keeps `record` soon: within about a second, if the disk takes it. Costs the caller next to nothing.
    pub fn put(&self, record: Record) {
        self.0.shared.put(1);
        // Only a writer that was dropped receives nothing, and then nobody is left who could write.
        let _ = self.0.sender.send(Message::Put(record));
    }

    /// Keeps `records`, all or none, and everything put before; returns when it is known where they are.
    pub async fn commit(&self, records: Vec<Record>) -> Kept {
        let (answer, answered) = oneshot::channel();
        self.0.shared.put(records.len());
        let _ = self.0.sender.send(Message::Commit(records, answer));
        match tokio::time::timeout(PATIENCE, answered).await {
            Ok(Ok(kept)) => kept,
            Ok(Err(_)) => Kept::Memory("the database is closed, so changes are lost at a restart".to_owned()),
            Err(_) => Kept::Memory("the disk does not answer; changes are written as soon as it does".to_owned()),
        }
    }

    /// Returns when it is known where everything is that was put so far.
    pub async fn flush(&self) -> Kept {
        self.commit(Vec::new()).await
    }

    /// Ends the [`Writer`] once everything that was put is written; what is put later is lost.
    pub fn close(&self) {
        // Nobody listens if it has ended already.
        let _ = self.0.sender.send(Message::Close);
    }

    /// How the keeping goes.
    pub fn status(&self) -> Status {
        self.0.shared.status()
    }

    /// Where it lies, if it is on disk.
    pub(super) fn folder(&self) -> Option<&Path> {
        self.0.path.as_deref().and_then(Path::parent)
    }

    /// Copies the database as it is now into the new file `file`, and returns the copy's size. The copy holds no key.
    ///
    /// # Errors
    /// If there is no database on disk, the file is there already, or it cannot be written.
    pub async fn backup(&self, file: &Path) -> Result<u64, String> {
        let Some(path) = &self.0.path else {
            return Err("there is no database on disk of which a backup could be made".to_owned());
        };
        if let Kept::Memory(why) = self.flush().await {
            return Err(format!("no backup was made, because the newest changes are not on disk: {why}"));
        }
        maintenance::copy(path, file).await
    }

    /// What calls came to in the spans of time from `from_ms` until `to_ms`, and the day before it, as far as that is on
    /// disk; these `names` at least are told apart. The writer goes on meanwhile.
    ///
    /// # Errors
    /// A sentence, if the disk does not let it be read.
    pub async fn tallies(&self, from_ms: i64, to_ms: i64, names: Names) -> Result<Vec<TallyRecord>, String> {
        match &self.0.path {
            Some(path) => statistics::look(path, from_ms, to_ms, names).await.map_err(Trouble::sentence),
            None => Ok(Vec::new()),
        }
    }

    /// Says whether `text` changed, without keeping it: the same for the same text in this database, for good.
    pub fn fingerprint(&self, text: &str) -> String {
        self.0.vault.fingerprint(text)
    }
}
