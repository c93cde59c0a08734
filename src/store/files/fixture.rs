//! A service with files, for tests.

use std::fs;

use super::{FileNote, FileQuery, FileRecord, FileTrouble, Files, OWNER};
use crate::store::Store;
use crate::store::fixture::{Folder, Running};

/// A running service with its files.
pub(super) struct Service {
    pub(super) running: Running,
    pub(super) files: Files,
    pub(super) warnings: Vec<String>,
}

impl Service {
    pub(super) async fn start(store: &Store, limit_mb: u64) -> Self {
        let mut running = Running::start(store).await;
        let (known, mut warnings) = (std::mem::take(&mut running.contents.files), Vec::new());
        let files = Files::open(store, &running.database, known, limit_mb, &mut warnings);
        Self { running, files, warnings }
    }

    pub(super) async fn stop(self) {
        drop(self.files);
        self.running.stop().await;
    }

    pub(super) async fn restart(self, store: &Store) -> Self {
        self.stop().await;
        Self::start(store, 512).await
    }
}

pub(super) fn note(name: &str) -> FileNote {
    FileNote {
        owner: OWNER.to_owned(),
        name: name.to_owned(),
        content_type: "text/plain".to_owned(),
        purpose: "user_data".to_owned(),
        lifetime: None,
    }
}

pub(super) async fn add(files: &Files, bytes: &[u8], note: FileNote) -> Result<FileRecord, FileTrouble> {
    let mut upload = files.begin().await?;
    for piece in bytes.chunks(10_000) {
        upload.write(piece).await?;
    }
    upload.finish(note).await
}

pub(super) async fn contents(files: &Files, id: &str) -> Option<Vec<u8>> {
    files.get(OWNER, id).await.unwrap().map(|file| file.bytes.to_vec())
}

pub(super) fn ids(files: &Files, query: &FileQuery<'_>) -> (Vec<String>, bool) {
    let (found, more) = files.list(OWNER, query);
    (found.into_iter().map(|record| record.id).collect(), more)
}

pub(super) const ALL: FileQuery<'_> = FileQuery { purpose: None, after: None, limit: 10_000, ascending: true };

/// The names in the folder of the contents.
pub(super) fn names(folder: &Folder) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder.path("files")) else { return Vec::new() };
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// Bytes that do not repeat with the pieces.
pub(super) fn pattern(size: usize) -> Vec<u8> {
    (0..size).map(|at| (at % 251) as u8).collect()
}
