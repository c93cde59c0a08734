//! The only code that writes to disk: the data directory and what lies in it.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The file that keeps a key that was made here.
const KEY_FILE: &str = "master.key";

/// The folder of the owner's provider files.
const PROVIDERS: &str = "providers";

/// The data directory.
#[derive(Debug)]
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
        match fs::read_to_string(self.dir.join(KEY_FILE)) {
            Ok(text) => Ok(Some(text.trim().to_owned()).filter(|key| !key.is_empty())),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Keeps a key so that the next start finds it: whole or not at all, and readable for nobody else.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn keep_master_key(&self, key: &str) -> io::Result<()> {
        let part = self.dir.join(format!("{KEY_FILE}.part"));
        let mut file = private_file(&part)?;
        file.write_all(key.as_bytes())?;
        file.sync_all()?;
        fs::rename(&part, self.dir.join(KEY_FILE))
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

fn private_file(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
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
