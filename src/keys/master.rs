//! The owner's key.

use std::fmt;
use std::sync::{Mutex, PoisonError, RwLock};

use subtle::ConstantTimeEq;

use super::api_key::new_secret;
use crate::config::{self, Secret};
use crate::store::Store;

/// The owner's key: it may do everything.
pub struct MasterKey {
    key: RwLock<Secret<String>>,
    origin: KeyOrigin,
    store: Store,
    /// One change at a time, so that what is kept is what holds.
    changing: Mutex<()>,
}

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

/// Why the key was not changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotChanged {
    /// The present key is another one.
    WrongKey,
    /// The new key is none that is accepted.
    Weak(String),
    /// The environment names it, so another one would be forgotten with the next start.
    Named,
    /// It cannot be kept.
    NotKept(String),
}

impl MasterKey {
    /// The named key, else the kept one, else a new one, which is kept.
    ///
    /// # Errors
    /// A sentence with the mend, if a key would have to be made where nothing can be kept.
    pub fn settle(named: Option<&Secret<String>>, store: &Store) -> Result<Self, String> {
        let (key, origin) = match (named, store.master_key()) {
            (Some(key), _) => (key.clone(), KeyOrigin::Named),
            (None, Ok(Some(key))) => (Secret::new(key), KeyOrigin::Kept),
            (None, Ok(None)) => {
                let key = new_secret();
                store.keep_master_key(&key).map_err(|error| cannot_keep(store, &error.to_string()))?;
                (Secret::new(key), KeyOrigin::Made)
            }
            (None, Err(error)) => return Err(cannot_read(store, &error)),
        };
        Ok(Self { key: RwLock::new(key), origin, store: store.clone(), changing: Mutex::default() })
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

    /// Where it came from.
    pub const fn origin(&self) -> KeyOrigin {
        self.origin
    }

    /// Whether `presented` is the key; takes the same time however much of it is right.
    pub fn is(&self, presented: &[u8]) -> bool {
        let key = self.key.read().unwrap_or_else(PoisonError::into_inner);
        key.expose().as_bytes().ct_eq(presented).into()
    }

    /// The key itself, for the owner's eyes.
    pub fn expose(&self) -> String {
        self.key.read().unwrap_or_else(PoisonError::into_inner).expose().clone()
    }

    /// What may be shown of it.
    pub fn hint(&self) -> String {
        config::masked(&self.expose())
    }

    /// Takes `new` in the place of `current`, or makes one, and returns that. Waits for the disk: it must not be called on
    /// a worker's thread.
    ///
    /// # Errors
    /// Why the key is the same as before.
    pub fn change(&self, current: &Secret<String>, new: Option<Secret<String>>) -> Result<Option<String>, NotChanged> {
        let _turn = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        if self.origin == KeyOrigin::Named {
            return Err(NotChanged::Named);
        }
        if !self.is(current.expose().as_bytes()) {
            return Err(NotChanged::WrongKey);
        }
        if let Some(new) = &new {
            config::check_key(new.expose()).map_err(NotChanged::Weak)?;
        }
        let made = new.is_none().then(new_secret);
        let key = new.map_or_else(|| made.clone().unwrap_or_default(), |new| new.expose().clone());
        let kept = self.store.keep_master_key(&key);
        kept.map_err(|error| NotChanged::NotKept(cannot_keep(&self.store, &error.to_string())))?;
        *self.key.write().unwrap_or_else(PoisonError::into_inner) = Secret::new(key);
        Ok(made)
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MasterKey").field("origin", &self.origin).finish_non_exhaustive()
    }
}

const MEND: &str = "set API_MASTER_KEY, or let DATA_DIR name a folder that the service may write";

fn cannot_keep(store: &Store, why: &str) -> String {
    format!("DATA_DIR: a key cannot be kept in {} ({why}); {MEND}", store.dir().display())
}

fn cannot_read(store: &Store, error: &std::io::Error) -> String {
    format!("DATA_DIR: the key in {} cannot be read ({error}); {MEND}", store.dir().display())
}
