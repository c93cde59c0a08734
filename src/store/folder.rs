//! The data directory: the keys and the owner's files in it.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The file that keeps a key that was made here.
const KEY_FILE: &str = "master.key";

/// The folder of the owner's provider files.
const PROVIDERS: &str = "providers";

/// The data directory.
#[derive(Debug, Clone)]
pub struct Store {
    dir: PathBuf,
    writable: bool,
}

impl Store {
    /// Takes the first of `dirs` that can be written; else the last one, read only.
    pub fn open(dirs: &[PathBuf]) -> Self {
        let usable = dirs.iter().find(|dir| can_write(dir));
        let dir = usable.or(dirs.last()).cloned().unwrap_or_default();
        Self { dir, writable: usable.is_some() }
    }

    /// A folder that passes for one that cannot be written, also for root.
    #[cfg(test)]
    pub(super) fn read_only(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), writable: false }
    }

    /// Where the data lies.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Whether anything can be kept.
    pub const fn is_writable(&self) -> bool {
        self.writable
    }

    /// The key that an earlier start made.
    ///
    /// # Errors
    /// If there is one that cannot be read; making another would lock out everybody who has the first.
    pub fn master_key(&self) -> io::Result<Option<String>> {
        self.private_text(KEY_FILE)
    }

    /// Keeps a key so that the next start finds it: whole or not at all, and readable for nobody else.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn keep_master_key(&self, key: &str) -> io::Result<()> {
        self.keep_private_text(KEY_FILE, key)
    }

    /// What the file `name` says, if it is there and not empty.
    pub(super) fn private_text(&self, name: &str) -> io::Result<Option<String>> {
        match fs::read_to_string(self.dir.join(name)) {
            Ok(text) => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Keeps `text` in the file `name`: whole or not at all, even if the power fails, and readable for nobody else.
    pub(super) fn keep_private_text(&self, name: &str, text: &str) -> io::Result<()> {
        let part = self.dir.join(format!("{name}.part"));
        let mut file = private_file(&part)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        self.rename(&part, name)
    }

    /// Gives `from` the name `name` in this folder, so that it outlasts a power failure.
    pub(super) fn rename(&self, from: &Path, name: &str) -> io::Result<()> {
        fs::rename(from, self.dir.join(name))?;
        self.sync()
    }

    /// A new name is on disk only after its folder is.
    pub(super) fn sync(&self) -> io::Result<()> {
        sync_folder(&self.dir)
    }

    /// The owner's provider files, by name: `providers/*.toml`. One that cannot be read goes to `warnings`.
    pub fn provider_files(&self, warnings: &mut Vec<String>) -> Vec<(String, String)> {
        let Ok(entries) = fs::read_dir(self.dir.join(PROVIDERS)) else { return Vec::new() };
        let mut paths: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
        paths.sort();
        let mut files = Vec::with_capacity(paths.len());
        for path in paths {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            match fs::read_to_string(&path) {
                Ok(text) => files.push((name, text)),
                Err(error) => warnings.push(format!("provider file {name} is left out: it cannot be read ({error})")),
            }
        }
        files
    }
}

/// Whether files can be made in `dir`; makes it if it is not there.
fn can_write(dir: &Path) -> bool {
    let probe = dir.join(".write-test");
    let made = fs::create_dir_all(dir).and_then(|()| private_file(&probe));
    // Leaving the probe behind would do no harm, so a failure to remove it is none.
    let _ = fs::remove_file(&probe);
    made.is_ok()
}

/// A new name is on disk only after its folder is.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    match fs::File::open(path)?.sync_all() {
        // Some network volumes cannot do this for a folder.
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Ok(()),
        result => result,
    }
}

/// A file for the owner alone, emptied if it is there.
pub(super) fn private_file(path: &Path) -> io::Result<fs::File> {
    open_private(path, fs::OpenOptions::new().write(true).create(true).truncate(true))
}

/// Opens a file as `options` say, for the owner alone if it is made by that.
pub(super) fn open_private(path: &Path, options: &mut fs::OpenOptions) -> io::Result<fs::File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    give_to_owner_of_folder(path, &file);
    Ok(file)
}

/// What a command leaves behind that root runs must be readable for the service, which runs as another user. Where
/// that cannot be done, the file stays as it is.
#[cfg(unix)]
pub(super) fn give_to_owner_of_folder(path: &Path, file: &fs::File) {
    use std::os::unix::fs::{MetadataExt, fchown};
    let folder = path.parent().and_then(|folder| fs::metadata(folder).ok());
    let (Some(folder), Ok(own)) = (folder, file.metadata()) else { return };
    if own.uid() == 0 && folder.uid() != 0 {
        let _ = fchown(file, Some(folder.uid()), Some(folder.gid()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> PathBuf {
        let path = std::env::temp_dir().join(format!("qianqiao-store-{}", crate::random::hex(8)));
        fs::create_dir_all(&path).unwrap();
        path
    }

    #[test]
    fn a_key_is_kept_for_the_owner_alone() {
        let dir = folder();
        let store = Store::open(&[PathBuf::from("/proc/none"), dir.clone()]);
        assert!(store.is_writable());
        assert_eq!(store.master_key().unwrap(), None);
        store.keep_master_key("qq-1234").unwrap();
        assert_eq!(Store::open(std::slice::from_ref(&dir)).master_key().unwrap().as_deref(), Some("qq-1234"));
        let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(dir.join(KEY_FILE)).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_said_to_be_so() {
        let store = Store::open(&[PathBuf::from("/proc/none")]);
        assert!(!store.is_writable());
        assert!(store.master_key().unwrap().is_none());
    }
}
