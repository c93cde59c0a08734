//! Files that were uploaded. What is known of them is in the database; their contents lie in a folder beside it, each
//! in a file of its own that is sealed with a key of its own. A file is there from the moment its contents have their
//! name until they lose it, so a power failure leaves it whole or not at all.

mod cipher;
mod folder;
mod reader;
mod record;
mod shelf;
mod upload;

#[cfg(test)]
mod files_tests;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod trouble_tests;

use std::sync::Arc;

use super::{Database, Record, Store};
use folder::Folder;
use shelf::Shelf;

pub(super) use folder::FOLDER;
pub use reader::FileReader;
pub use record::{FileNote, FileQuery, FileRecord, FileTrouble, OWNER, StoredFile, is_file_id};
pub use upload::Upload;

/// How many files there may be: what is known of them is in memory.
const MOST: usize = 10_000;

/// The files. Clones are the same files.
#[derive(Clone)]
pub struct Files(Arc<Inner>);

struct Inner {
    folder: Folder,
    database: Database,
    shelf: Shelf,
}

impl Files {
    /// The files that `records` tell of. What an earlier run left half done is removed, and a file without contents is
    /// forgotten; `warnings` say what was damaged. All of them together may be `limit_mb` MB large.
    pub fn open(
        store: &Store,
        database: &Database,
        records: Vec<FileRecord>,
        limit_mb: u64,
        warnings: &mut Vec<String>,
    ) -> Self {
        let folder = Folder::new(store.dir(), database.folder().is_some());
        let known = if database.status().on_disk { tidy(&folder, database, records, warnings) } else { records };
        let shelf = Shelf::new(known, limit_mb);
        Self(Arc::new(Inner { folder, database: database.clone(), shelf }))
    }

    /// What is known of the file `id` of `owner`.
    pub fn find(&self, owner: &str, id: &str) -> Option<FileRecord> {
        self.0.shelf.find(owner, id, now())
    }

    /// The files of `owner` that are asked for, and whether there are more.
    pub fn list(&self, owner: &str, query: &FileQuery<'_>) -> (Vec<FileRecord>, bool) {
        self.0.shelf.list(owner, query, now())
    }

    /// Begins to take a file in.
    ///
    /// # Errors
    /// If no file may be added, or the disk takes none.
    pub async fn begin(&self) -> Result<Upload, FileTrouble> {
        Upload::begin(self).await
    }

    /// The file `id` of `owner`, whole.
    ///
    /// # Errors
    /// If it is there but cannot be read.
    pub async fn get(&self, owner: &str, id: &str) -> Result<Option<StoredFile>, FileTrouble> {
        let Some(mut reader) = self.read(owner, id).await? else { return Ok(None) };
        let mut bytes = Vec::with_capacity(usize::try_from(reader.record().bytes).unwrap_or_default());
        while let Some(piece) = reader.next().await? {
            bytes.extend_from_slice(&piece);
        }
        Ok(Some(StoredFile { record: reader.record().clone(), bytes: bytes.into() }))
    }

    /// Begins to read the file `id` of `owner`. Whoever has begun can end, even if it is deleted meanwhile.
    ///
    /// # Errors
    /// As [`Files::get`].
    pub async fn read(&self, owner: &str, id: &str) -> Result<Option<FileReader>, FileTrouble> {
        let Some(record) = self.find(owner, id) else { return Ok(None) };
        let reader = FileReader::open(self, record).await?;
        if reader.is_none() {
            // Somebody took the contents away.
            self.forget(id);
        }
        Ok(reader)
    }

    /// Deletes the file `id` of `owner`; false if there is none.
    ///
    /// # Errors
    /// If the disk does not let it go. Then it is still there.
    pub async fn delete(&self, owner: &str, id: &str) -> Result<bool, FileTrouble> {
        if self.find(owner, id).is_none() {
            return Ok(false);
        }
        self.remove(id).await
    }

    /// Deletes what has expired. Nobody sees it any more as it is.
    pub async fn sweep(&self) {
        for id in self.0.shelf.expired(now()) {
            // A disk that does not let it go now is asked again the next time.
            let _ = self.remove(&id).await;
        }
    }

    async fn remove(&self, id: &str) -> Result<bool, FileTrouble> {
        let (files, id) = (self.clone(), id.to_owned());
        // To its end, even if nobody waits for it any more.
        off_thread(move || {
            let was_there = files.0.folder.remove(&id)?;
            files.forget(&id);
            Ok(was_there)
        })
        .await
    }

    /// Takes what is known of a file away whose contents are gone. Should that not reach the disk, the next start does it.
    fn forget(&self, id: &str) {
        if self.0.shelf.take(id) {
            self.0.database.put(Record::DropFile(id.to_owned()));
        }
    }
}

/// Removes what has no row, and takes the rows away that have no contents.
fn tidy(folder: &Folder, database: &Database, records: Vec<FileRecord>, warnings: &mut Vec<String>) -> Vec<FileRecord> {
    let (torn, readable): (Vec<_>, Vec<_>) = records.into_iter().partition(|record| record.key.expose().is_empty());
    let names = match folder.names() {
        Ok(names) => names,
        Err(error) => {
            warnings.push(format!("the uploaded files cannot be looked through ({error}); see to {}", folder.shown()));
            return readable;
        }
    };
    let (whole, bare): (Vec<_>, Vec<_>) = readable.into_iter().partition(|record| names.contains(&record.id));
    if !torn.is_empty() {
        warnings
            .push(format!("{} uploaded files are gone: their keys in the database were changed or torn", torn.len()));
    }
    if !bare.is_empty() {
        // A kill in the middle of a deletion leaves such rows, too, so this is nothing that must be mended.
        log::warn!("{} uploaded files are forgotten: their contents are gone (a backup holds none)", bare.len());
    }
    torn.iter().chain(&bare).for_each(|record| database.put(Record::DropFile(record.id.clone())));
    let known: std::collections::HashSet<&str> = whole.iter().map(|record| record.id.as_str()).collect();
    names.iter().filter(|name| !known.contains(name.as_str())).for_each(|name| drop(folder.remove(name)));
    whole
}

/// Does what may wait for the disk where no request waits with it.
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, FileTrouble> + Send + 'static,
) -> Result<T, FileTrouble> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(FileTrouble::Disk("the service is stopping; try again".to_owned())))
}

/// Now, in seconds since 1970.
fn now() -> i64 {
    super::status::now_ms() / 1000
}
