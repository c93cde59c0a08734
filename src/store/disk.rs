//! The file under the writer: one batch after the other, and now and then the old is forgotten.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;
use tokio::time::Instant;

use super::pending::Pending;
use super::schema::{self, Access, STEPS};
use super::seal::Vault;
use super::trouble::Trouble;
use super::write;

/// After how many batches the old is forgotten, at the latest.
const PRUNE_AFTER: u32 = 1000;

const DAY: Duration = Duration::from_secs(86_400);

/// The file, and what is needed to write into it.
pub(super) struct Disk {
    pub(super) path: PathBuf,
    vault: Arc<Vault>,
    connection: Option<SqliteConnection>,
    last_event: i64,
    pub(super) batches: u32,
    /// The day on which the old was last forgotten, and when that was. The days since are counted by a clock that
    /// nobody can set: a wrong date must not make everything old.
    pruned: (i64, Instant),
    /// The most pages that the file may have, so that a test can fill the disk.
    #[cfg(test)]
    pub(super) pages: Arc<std::sync::atomic::AtomicI64>,
}

impl Disk {
    pub(super) fn new(
        path: PathBuf,
        vault: Arc<Vault>,
        connection: Option<SqliteConnection>,
        last_event: i64,
        today: i64,
    ) -> Self {
        Self {
            path,
            vault,
            connection,
            last_event,
            batches: 0,
            pruned: (today, Instant::now()),
            #[cfg(test)]
            pages: Arc::default(),
        }
    }

    /// Writes `batch`, all or nothing. After a failure the next try begins with a new connection.
    pub(super) async fn write(&mut self, batch: &Pending) -> Result<(), Trouble> {
        let mut connection = self.connect().await?;
        match self.try_write(&mut connection, batch).await {
            Ok(()) => {
                self.tidy(connection).await;
                Ok(())
            }
            Err(error) => {
                let _ = connection.close().await;
                Err(Trouble::of(&error, &self.path))
            }
        }
    }

    /// Forgets the old where it is time. What was written stays written if that fails: it would be there twice if it were
    /// tried again.
    async fn tidy(&mut self, mut connection: SqliteConnection) {
        let (day, at) = self.pruned;
        let days = i64::try_from(at.elapsed().as_secs() / DAY.as_secs()).unwrap_or_default();
        if self.batches >= PRUNE_AFTER || days > 0 {
            // The part of a day that has passed is not lost, even if the old is forgotten often.
            self.pruned = (day + days, at + DAY * u32::try_from(days).unwrap_or_default());
            self.batches = 0;
            if let Err(error) = write::prune(&mut connection, day + days).await {
                let why = Trouble::of(&error, &self.path).sentence();
                log::warn!("what is old is not forgotten yet: {why}; it is tried again later");
                let _ = connection.close().await;
                return;
            }
        }
        self.connection = Some(connection);
    }

    async fn connect(&mut self) -> Result<SqliteConnection, Trouble> {
        // A file that was removed under an open connection would go on taking what nobody can ever read.
        let there = self.path.try_exists().unwrap_or(false);
        if let Some(connection) = self.connection.take() {
            if there {
                return Ok(connection);
            }
            let _ = connection.close().await;
        }
        schema::open(&self.path, Access::Write, STEPS).await
    }

    async fn try_write(&mut self, connection: &mut SqliteConnection, batch: &Pending) -> sqlx::Result<()> {
        #[cfg(test)]
        super::fixture::limit(connection, self.pages.load(std::sync::atomic::Ordering::Relaxed)).await?;
        self.last_event = write::batch(connection, batch, &self.vault, self.last_event).await?;
        self.batches += 1;
        Ok(())
    }

    pub(super) async fn close(self) {
        if let Some(connection) = self.connection {
            let _ = connection.close().await;
        }
    }
}
