//! The owner's key.

use subtle::ConstantTimeEq;

use crate::config::Secret;
use crate::random;
use crate::store::Store;

/// What a key made here begins with, so that secret scanners and people recognise it.
const PREFIX: &str = "qq-";

/// The owner's key: it may do everything.
#[derive(Debug, Clone)]
pub struct MasterKey(Secret<String>);

/// Where the key came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyOrigin {
    /// `API_MASTER_KEY`.
    Named,
    /// An earlier start made it.
    Kept,
    /// This start made it.
    Made,
}

impl MasterKey {
    /// The named key, else the kept one, else a new one, which is kept.
    ///
    /// # Errors
    /// A sentence with the mend, if a key would have to be made where nothing can be kept.
    pub fn settle(named: Option<&Secret<String>>, store: &Store) -> Result<(Self, KeyOrigin), String> {
        if let Some(key) = named {
            return Ok((Self(key.clone()), KeyOrigin::Named));
        }
        match store.master_key() {
            Ok(Some(key)) => Ok((Self(Secret::new(key)), KeyOrigin::Kept)),
            Ok(None) => {
                let key = format!("{PREFIX}{}", random::hex(24));
                store.keep_master_key(&key).map_err(|error| cannot_keep(store, &error.to_string()))?;
                Ok((Self(Secret::new(key)), KeyOrigin::Made))
            }
            Err(error) => Err(cannot_read(store, &error)),
        }
    }

    /// Whether [`MasterKey::settle`] will find or make a key here, without making one.
    ///
    /// # Errors
    /// As [`MasterKey::settle`].
    pub fn check(named: Option<&Secret<String>>, store: &Store) -> Result<(), String> {
        match store.master_key() {
            _ if named.is_some() || store.is_writable() => Ok(()),
            Ok(Some(_)) => Ok(()),
            Ok(None) => Err(cannot_keep(store, "it cannot be written")),
            Err(error) => Err(cannot_read(store, &error)),
        }
    }

    /// Whether `presented` is the key; takes the same time however much of it is right.
    pub fn is(&self, presented: &[u8]) -> bool {
        self.0.expose().as_bytes().ct_eq(presented).into()
    }

    /// The key itself, for the owner's eyes.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

const MEND: &str = "set API_MASTER_KEY, or let DATA_DIR name a folder that the service may write";

fn cannot_keep(store: &Store, why: &str) -> String {
    format!("DATA_DIR: a key cannot be kept in {} ({why}); {MEND}", store.dir().display())
}

fn cannot_read(store: &Store, error: &std::io::Error) -> String {
    format!("DATA_DIR: the key in {} cannot be read ({error}); {MEND}", store.dir().display())
}
