//! The data key: named by the environment, or made on the first start and kept beside the database.

use std::fs;
use std::io;

use super::folder::Store;
use super::seal::Vault;
use super::trouble::Trouble;
use crate::config::Secret;
use crate::random;

/// The file that keeps a key that was made here.
pub(super) const FILE: &str = "data.key";

/// The file that keeps the next key while the database changes over to it.
pub(super) const NEXT_FILE: &str = "data.key.new";

/// The keys at hand.
pub(super) struct Keys<'a> {
    store: &'a Store,
    named: Option<&'a Secret<String>>,
    kept: Option<Secret<String>>,
    next: Option<Secret<String>>,
}

impl<'a> Keys<'a> {
    /// Looks for keys.
    pub(super) fn find(store: &'a Store, named: Option<&'a Secret<String>>) -> Result<Self, String> {
        let read = |name: &str| match store.private_text(name) {
            Ok(text) => Ok(text.map(Secret::new)),
            Err(error) => {
                let path = store.dir().join(name);
                Err(format!(
                    "the data key {} cannot be read ({error}); make it readable for the service",
                    path.display()
                ))
            }
        };
        Ok(Self { store, named, kept: read(FILE)?, next: read(NEXT_FILE)? })
    }

    /// Whether the environment names the key.
    pub(super) const fn is_named(&self) -> bool {
        self.named.is_some()
    }

    /// The vault of a database that says `check`. A change of keys that was interrupted is brought to its end.
    pub(super) fn open(&self, check: &str, warnings: &mut Vec<String>) -> Result<Vault, Trouble> {
        let opens = |key: Option<&Secret<String>>| key.and_then(|key| Vault::open(key, check));
        if let Some(vault) = opens(self.named.or(self.kept.as_ref())) {
            if self.next.is_some() {
                // Either the change did not take place, or the key that it brought is now the present one.
                let _ = fs::remove_file(self.store.dir().join(NEXT_FILE));
            }
            return Ok(vault);
        }
        let Some(vault) = opens(self.next.as_ref()) else { return Err(Trouble::Stop(self.refusal(check))) };
        let next = self.store.dir().join(NEXT_FILE);
        if self.is_named() {
            let next = next.display();
            warnings
                .push(format!("DATA_KEY is still the old key; set it to the one in {next}, which is used until then"));
        } else if let Err(error) = self.store.rename(&next, FILE) {
            warnings.push(format!("{} could not be renamed to {FILE} ({error})", next.display()));
        }
        Ok(vault)
    }

    /// Whether the present key opens a database that says `check`.
    pub(super) fn fits(&self, check: &str) -> bool {
        self.named.or(self.kept.as_ref()).is_some_and(|key| Vault::open(key, check).is_some())
    }

    /// The vault of a database in which nothing is sealed yet. Makes a key if there is none.
    pub(super) fn begin(&self) -> Result<Vault, Trouble> {
        if let Some(key) = self.named.or(self.kept.as_ref()) {
            return Ok(Vault::new(key)?);
        }
        let key = random::hex(32);
        let kept = self.store.keep_private_text(FILE, &key);
        kept.map_err(|error| Trouble::of_io(&error, &self.store.dir().join(FILE)))?;
        Ok(Vault::new(&Secret::new(key))?)
    }

    /// Keeps `key` where an interrupted change of keys is looked for.
    pub(super) fn keep_next(&self, key: &str) -> io::Result<()> {
        self.store.keep_private_text(NEXT_FILE, key)
    }

    /// Makes the next key the present one.
    pub(super) fn finish(&self) -> io::Result<()> {
        self.store.rename(&self.store.dir().join(NEXT_FILE), FILE)
    }

    fn refusal(&self, check: &str) -> String {
        let dir = self.store.dir().display();
        let mend = format!("or move {dir}/{} away and enter the accounts again", super::schema::FILE);
        match (self.named, &self.kept) {
            (Some(_), Some(kept)) if Vault::open(kept, check).is_some() => format!(
                "DATA_KEY does not open the stored credentials, but the key in {dir}/{FILE} does; take DATA_KEY away, \
                 {mend}"
            ),
            (Some(_), _) => format!(
                "DATA_KEY does not open the stored credentials; set it to the key with which they were stored, {mend}"
            ),
            (None, Some(_)) => format!(
                "the key in {dir}/{FILE} does not open the stored credentials; put the right {FILE} back or set \
                 DATA_KEY, {mend}"
            ),
            (None, None) => format!(
                "the key of the stored credentials is missing, so they cannot be opened; put {dir}/{FILE} back or set \
                 DATA_KEY, {mend}"
            ),
        }
    }
}
