//! A file that is read.

use std::fs::File;
use std::io::{self, Read};

use bytes::Bytes;

use super::cipher::{Cipher, PIECE, TAG};
use super::folder::unreadable;
use super::record::{FileRecord, FileTrouble};
use super::{Files, off_thread};

/// How many pieces are read at once.
const AT_ONCE: usize = 8;

/// A file that is read, from its beginning to its end.
pub struct FileReader {
    record: FileRecord,
    reading: Option<Reading>,
}

struct Reading {
    file: File,
    cipher: Cipher,
    piece: u64,
    left: u64,
}

impl FileReader {
    /// Opens the file of `record`, if its contents are there.
    pub(super) async fn open(files: &Files, record: FileRecord) -> Result<Option<Self>, FileTrouble> {
        let (files, id) = (files.clone(), record.id.clone());
        let Some(file) = off_thread(move || files.0.folder.open(&id)).await? else { return Ok(None) };
        let cipher = Cipher::new(&record.id, &record.key).map_err(|_| FileTrouble::Damaged)?;
        let left = record.bytes;
        Ok(Some(Self { record, reading: Some(Reading { file, cipher, piece: 0, left }) }))
    }

    /// What is known of it.
    pub const fn record(&self) -> &FileRecord {
        &self.record
    }

    /// The next bytes; none at the end.
    ///
    /// # Errors
    /// If the disk does not give them, or they are not what was stored.
    pub async fn next(&mut self) -> Result<Option<Bytes>, FileTrouble> {
        let Some(mut reading) = self.reading.take().filter(|reading| reading.left > 0) else { return Ok(None) };
        let (reading, bytes) = off_thread(move || reading.next().map(|bytes| (reading, bytes))).await?;
        self.reading = Some(reading);
        Ok(Some(bytes.into()))
    }
}

impl Reading {
    fn next(&mut self) -> Result<Vec<u8>, FileTrouble> {
        let mut bytes = Vec::new();
        let mut sealed = Vec::with_capacity(PIECE + TAG);
        for _ in 0..AT_ONCE {
            let size = usize::try_from(self.left).map_or(PIECE, |left| left.min(PIECE));
            if size == 0 {
                break;
            }
            sealed.resize(size + TAG, 0);
            self.file.read_exact(&mut sealed).map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => FileTrouble::Damaged,
                _ => unreadable(&error),
            })?;
            let last = self.left == size as u64;
            let piece = self.cipher.open(self.piece, last, &mut sealed).map_err(|_| FileTrouble::Damaged)?;
            bytes.extend_from_slice(piece);
            self.piece += 1;
            self.left -= size as u64;
        }
        Ok(bytes)
    }
}
