//! A file that comes in.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;

use super::cipher::{Cipher, PIECE};
use super::record::{FileNote, FileRecord, FileTrouble, new_id};
use super::shelf::Room;
use super::{Files, off_thread};
use crate::config::Secret;
use crate::random;
use crate::store::status::now_ms;
use crate::store::{Kept, Record};

/// How much is gathered before it is sealed and written.
const GATHER: usize = 16 * PIECE;

/// A file that comes in. Whoever drops it before its end leaves no trace.
pub struct Upload {
    draft: Option<Draft>,
    waiting: Vec<u8>,
}

/// What lies on disk already.
struct Draft {
    files: Files,
    id: String,
    key: Secret<String>,
    file: File,
    part: PathBuf,
    cipher: Cipher,
    pieces: u64,
    room: Room,
    /// Whether the database may know of it.
    noted: bool,
    /// Whether it is a file now.
    kept: bool,
}

impl Upload {
    pub(super) async fn begin(files: &Files) -> Result<Self, FileTrouble> {
        let room = files.0.shelf.begin(now_ms())?;
        let files = files.clone();
        let draft = off_thread(move || Draft::begin(files, room)).await?;
        Ok(Self { draft: Some(draft), waiting: Vec::new() })
    }

    /// How many bytes came so far.
    pub fn bytes(&self) -> u64 {
        self.draft.as_ref().map_or(0, |draft| draft.room.bytes())
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// If there is no room for them, or the disk does not take them. Then the upload has failed.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), FileTrouble> {
        let draft = self.draft.as_mut().ok_or_else(failed)?;
        draft.room.grow(bytes.len() as u64)?;
        self.waiting.extend_from_slice(bytes);
        // Something is always kept back, because the last piece is sealed as the last one.
        while self.waiting.len() > GATHER {
            let rest = self.waiting.split_off(GATHER);
            let whole = std::mem::replace(&mut self.waiting, rest);
            self.flush(whole, false).await?;
        }
        Ok(())
    }

    /// Keeps the file: on disk and in the database, or not at all.
    ///
    /// # Errors
    /// If the disk does not take it.
    pub async fn finish(mut self, note: FileNote) -> Result<FileRecord, FileTrouble> {
        let rest = std::mem::take(&mut self.waiting);
        self.flush(rest, true).await?;
        let mut draft = self.draft.take().ok_or_else(failed)?;
        let record = draft.record(note);
        draft.noted = true;
        let database = draft.files.0.database.clone();
        if let Kept::Memory(why) = database.commit(vec![Record::File(record.clone())]).await {
            // It is not kept in memory instead.
            let why = why.split("; until then").next().unwrap_or_default().to_owned();
            return Err(FileTrouble::Disk(why));
        }
        // To its end, even if nobody waits for it any more.
        off_thread(move || draft.keep(record)).await
    }

    async fn flush(&mut self, bytes: Vec<u8>, last: bool) -> Result<(), FileTrouble> {
        let mut draft = self.draft.take().ok_or_else(failed)?;
        let draft = off_thread(move || draft.push(&bytes, last).map(|()| draft)).await?;
        self.draft = Some(draft);
        Ok(())
    }
}

impl Draft {
    fn begin(files: Files, room: Room) -> Result<Self, FileTrouble> {
        let (id, key) = (new_id(room.created_ms), Secret::new(random::hex(32)));
        let cipher = Cipher::new(&id, &key).map_err(|_| unsealed())?;
        let (file, part) = files.0.folder.begin(&id)?;
        Ok(Self { files, id, key, file, part, cipher, pieces: 0, room, noted: false, kept: false })
    }

    /// Seals and writes `bytes`, which are whole pieces unless they are the last.
    fn push(&mut self, bytes: &[u8], last: bool) -> Result<(), FileTrouble> {
        let mut pieces = bytes.chunks(PIECE).peekable();
        while let Some(piece) = pieces.next() {
            let mut piece = piece.to_vec();
            let is_last = last && pieces.peek().is_none();
            self.cipher.seal(self.pieces, is_last, &mut piece).map_err(|_| unsealed())?;
            self.file.write_all(&piece).map_err(|error| self.files.0.folder.unwritable(&error))?;
            self.pieces += 1;
        }
        if last {
            self.file.sync_all().map_err(|error| self.files.0.folder.unwritable(&error))?;
        }
        Ok(())
    }

    fn record(&self, note: FileNote) -> FileRecord {
        let FileNote { owner, name, content_type, purpose, lifetime } = note;
        FileRecord {
            id: self.id.clone(),
            owner,
            name,
            content_type,
            purpose,
            bytes: self.room.bytes(),
            created_ms: self.room.created_ms,
            expires_at: lifetime.map(|seconds| (self.room.created_ms / 1000).saturating_add(seconds)),
            key: self.key.clone(),
        }
    }

    fn keep(mut self, record: FileRecord) -> Result<FileRecord, FileTrouble> {
        self.files.0.folder.keep(&self.part, &self.id)?;
        self.kept = true;
        self.room.fill(record.clone());
        Ok(record)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        // What cannot be removed now goes with the next start.
        let _ = fs::remove_file(&self.part);
        if self.noted {
            self.files.0.database.put(Record::DropFile(self.id.clone()));
        }
    }
}

fn failed() -> FileTrouble {
    FileTrouble::Disk("the upload has failed already".to_owned())
}

fn unsealed() -> FileTrouble {
    FileTrouble::Disk("the encryption of a file failed; report it as a bug".to_owned())
}
