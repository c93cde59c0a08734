//! Records and folders for tests.

use std::fs;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use sqlx::AssertSqlSafe;
use sqlx::sqlite::SqliteConnection;

use super::{AccountRecord, Contents, Database, EventRecord, Record, Store, UsageRecord, Writer};
use crate::config::Secret;
use crate::random;

/// The day on which tests take place.
pub(super) const TODAY: i64 = 20_000;

/// What must never be seen on disk.
pub(super) const COOKIE: &str = "tongyi_sso_ticket=very-secret-cookie";

/// A folder that goes with the test.
pub(super) struct Folder(Store);

impl Folder {
    pub(super) fn new() -> Self {
        let path = std::env::temp_dir().join(format!("qianqiao-store-{}", random::hex(8)));
        Self(Store::open(&[path]))
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.dir().join(name)
    }

    pub(super) fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_default()
    }

    /// The names of all files, sorted.
    pub(super) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.dir()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Deref for Folder {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(self.dir());
    }
}

/// A service's use of a database: the handle, and the task that writes.
pub(super) struct Running {
    pub(super) database: Database,
    pub(super) task: tokio::task::JoinHandle<()>,
    pub(super) contents: Contents,
}

impl Running {
    pub(super) async fn start(store: &Store) -> Self {
        Self::with_key(store, None).await.unwrap()
    }

    pub(super) async fn with_key(store: &Store, key: Option<&Secret<String>>) -> Result<Self, String> {
        let (database, writer, contents) = Database::open(store, key, TODAY).await?;
        Ok(Self::run(database, writer, contents))
    }

    #[expect(clippy::disallowed_methods, reason = "the test waits for the task in `stop`")]
    pub(super) fn run(database: Database, writer: Writer, contents: Contents) -> Self {
        Self { database, task: tokio::spawn(writer.run()), contents }
    }

    /// Ends it as a service does: the last handle goes, and the writer writes what is left.
    pub(super) async fn stop(self) {
        drop(self.database);
        self.task.await.unwrap();
    }
}

/// Opens, takes the contents, and closes again.
pub(super) async fn reread(store: &Store) -> Contents {
    let mut running = Running::start(store).await;
    let contents = std::mem::take(&mut running.contents);
    running.stop().await;
    contents
}

pub(super) fn account(id: &str) -> AccountRecord {
    AccountRecord {
        id: id.to_owned(),
        provider: "web".to_owned(),
        number: Some(1),
        name: "mine".to_owned(),
        origin: "console".to_owned(),
        fingerprint: None,
        identity: Some("someone".to_owned()),
        credential: Secret::new([("cookie".to_owned(), COOKIE.to_owned())].into()),
        version: 1,
        enabled: true,
        limits: "{}".to_owned(),
        gone: false,
        created_ms: 1,
        changed_ms: 2,
    }
}

pub(super) fn health(account: &str, body: &str) -> Record {
    Record::Health { account: account.to_owned(), body: body.to_owned() }
}

pub(super) fn event(account: &str, at_ms: i64) -> Record {
    Record::Event(EventRecord { account: account.to_owned(), at_ms, body: at_ms.to_string() })
}

pub(super) fn usage(account: &str, day: i64, requests: i64) -> Record {
    Record::Usage(UsageRecord { account: account.to_owned(), day, requests, tokens: requests * 10 })
}

pub(super) fn setting(name: &str, value: &str) -> Record {
    Record::Setting { name: name.to_owned(), value: Some(value.to_owned()) }
}

/// Whether any file of the folder holds `text`.
pub(super) fn holds(folder: &Path, text: &str) -> bool {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.into_iter().any(|file| contains(&fs::read(file).unwrap_or_default(), text))
}

pub(super) fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// Lets the file grow to `pages` only, as a disk does that is full; 0 is no limit.
pub(super) async fn limit(connection: &mut SqliteConnection, pages: i64) -> sqlx::Result<()> {
    let pages = if pages == 0 { 1_073_741_823 } else { pages };
    sqlx::query(AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"))).execute(connection).await.map(drop)
}

/// A connection past the code under test.
pub(super) async fn connection(path: &Path) -> SqliteConnection {
    use sqlx::ConnectOptions;
    sqlx::sqlite::SqliteConnectOptions::new().filename(path).create_if_missing(true).connect().await.unwrap()
}
