//! The folder of the contents.

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::record::FileTrouble;
use crate::store::folder::{give_to_owner_of_folder, open_private, sync_folder};

/// Its name in the data directory.
pub(in crate::store) const FOLDER: &str = "files";

/// How the names of all contents begin; whatever else somebody put there stays there.
const OURS: &str = "file-";

/// How the name of contents ends that are not all there yet.
const PART: &str = ".part";

/// The folder of the contents. It is made when the first file comes.
pub(super) struct Folder {
    path: PathBuf,
    /// Whether there is a database that knows what lies in it.
    usable: bool,
}

impl Folder {
    pub(super) fn new(dir: &Path, usable: bool) -> Self {
        Self { path: dir.join(FOLDER), usable }
    }

    /// Its path, for people.
    pub(super) fn shown(&self) -> std::path::Display<'_> {
        self.path.display()
    }

    /// The names of all contents, whole or not.
    pub(super) fn names(&self) -> io::Result<BTreeSet<String>> {
        let entries = match fs::read_dir(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
            entries => entries?,
        };
        let mut names = BTreeSet::new();
        for entry in entries {
            names.extend(entry?.file_name().into_string().ok().filter(|name| name.starts_with(OURS)));
        }
        Ok(names)
    }

    /// A new file for contents that come; they are not seen before they are kept.
    pub(super) fn begin(&self, id: &str) -> Result<(File, PathBuf), FileTrouble> {
        if !self.usable {
            return Err(FileTrouble::Disk("DATA_DIR: there is no database on disk, so no files are kept".to_owned()));
        }
        let part = self.path.join(format!("{id}{PART}"));
        let made = self.make().and_then(|()| open_private(&part, OpenOptions::new().write(true).create_new(true)));
        made.map(|file| (file, part)).map_err(|error| self.unwritable(&error))
    }

    /// Gives whole contents their name. After an error they have none.
    pub(super) fn keep(&self, part: &Path, id: &str) -> Result<(), FileTrouble> {
        let whole = self.path.join(id);
        let kept = fs::rename(part, &whole).and_then(|()| sync_folder(&self.path));
        kept.map_err(|error| {
            let _ = fs::remove_file(&whole);
            self.unwritable(&error)
        })
    }

    /// Opens contents, if they are there.
    pub(super) fn open(&self, id: &str) -> Result<Option<File>, FileTrouble> {
        match File::open(self.path.join(id)) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unreadable(&error)),
        }
    }

    /// Removes contents for good; false if there are none.
    pub(super) fn remove(&self, id: &str) -> Result<bool, FileTrouble> {
        match fs::remove_file(self.path.join(id)) {
            Ok(()) => sync_folder(&self.path).map(|()| true).map_err(|error| self.unwritable(&error)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(self.unwritable(&error)),
        }
    }

    /// What an error of writing means.
    pub(super) fn unwritable(&self, error: &io::Error) -> FileTrouble {
        let why = if error.kind() == io::ErrorKind::StorageFull { "the disk is full, so " } else { "" };
        let mend = if why.is_empty() { "make it writable for the service" } else { "free some space" };
        FileTrouble::Disk(format!("DATA_DIR: {why}{} cannot be written ({error}); {mend}", self.shown()))
    }

    fn make(&self) -> io::Result<()> {
        if self.path.is_dir() {
            return Ok(());
        }
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        match builder.create(&self.path) {
            // Another upload made it.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(error),
            Ok(()) => {
                #[cfg(unix)]
                give_to_owner_of_folder(&self.path, &File::open(&self.path)?);
                self.path.parent().map_or(Ok(()), sync_folder)
            }
        }
    }
}

/// What an error of reading means.
pub(super) fn unreadable(error: &io::Error) -> FileTrouble {
    FileTrouble::Disk(format!("DATA_DIR: an uploaded file cannot be read ({error}); see whether the disk is in order"))
}
