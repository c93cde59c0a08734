//! Keys are made, changed and taken back. Every change is kept before it takes effect, but that of taking one back.

use std::sync::Arc;

use tokio::sync::SemaphorePermit;

use super::api_key::{ApiKey, hash, hint, new_secret};
use super::keyring::Keyring;
use super::meter::Meter;
use super::terms::{self, Draft, Edit, Wrong};
use crate::config::Secret;
use crate::random;
use crate::store::{Kept, Record};

/// How many keys may be in use. Each is looked at twice a second.
const MOST: usize = 1000;

/// The turn to change keys. One at a time has it, so that what is kept is what holds, in the same order.
pub struct Changes<'a> {
    keyring: &'a Keyring,
    _turn: Option<SemaphorePermit<'a>>,
}

/// Why a key was not made or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotMade {
    /// A field is wrong.
    Wrong(&'static str, String),
    /// Another key has the name.
    Taken(String),
    /// There are too many.
    Many(String),
    /// There is no such key.
    Missing,
    /// It was taken back, for good.
    Revoked,
}

impl From<Wrong> for NotMade {
    fn from((field, what): Wrong) -> Self {
        Self::Wrong(field, what)
    }
}

impl<'a> Changes<'a> {
    pub(super) async fn begin(keyring: &'a Keyring) -> Self {
        // It is never closed, so there always is a turn.
        Self { keyring, _turn: keyring.changing.acquire().await.ok() }
    }

    /// Makes a key. Its secret is told here and nowhere else.
    ///
    /// # Errors
    /// If something about it cannot be so.
    pub async fn add(&self, draft: Draft) -> Result<(Arc<ApiKey>, Secret<String>, Kept), NotMade> {
        let Keyring { database, clock, .. } = self.keyring;
        let now = clock.now();
        let name = self.name(&draft.name, None)?;
        let models = terms::models(draft.models)?;
        draft.limits.check()?;
        let expires = terms::expires(draft.expires, now)?;
        if self.keyring.list().iter().filter(|key| key.revoked.is_none()).count() >= MOST {
            return Err(NotMade::Many(format!("there are {MOST} keys already, the most there may be; revoke one")));
        }
        let secret = new_secret();
        let key = Arc::new(ApiKey {
            id: self.free_id(),
            name,
            hint: hint(&secret),
            models,
            limits: draft.limits,
            expires,
            enabled: true,
            created: now,
            revoked: None,
            hash: hash(secret.as_bytes()),
            meter: Arc::new(Meter::new(draft.limits, true, None)),
            clock: Arc::clone(clock),
        });
        let kept = database.commit(vec![Record::Key(key.record())]).await;
        self.keyring.put(Arc::clone(&key));
        Ok((key, Secret::new(secret), kept))
    }

    /// Changes a key.
    ///
    /// # Errors
    /// If there is none that can be changed, or something about it cannot be so.
    pub async fn change(&self, id: &str, edit: Edit) -> Result<(Arc<ApiKey>, Kept), NotMade> {
        let Keyring { database, clock, .. } = self.keyring;
        let old = self.keyring.get(id).ok_or(NotMade::Missing)?;
        if old.revoked.is_some() {
            return Err(NotMade::Revoked);
        }
        let mut new = (*old).clone();
        if let Some(name) = edit.name {
            new.name = self.name(&name, Some(id))?;
        }
        if let Some(models) = edit.models {
            new.models = terms::models(models)?;
        }
        if let Some(limits) = edit.limits {
            limits.check()?;
            new.limits = limits;
        }
        if let Some(end) = edit.expires {
            new.expires = terms::expires(end, clock.now())?;
        }
        new.enabled = edit.enabled.unwrap_or(new.enabled);
        let kept = database.commit(vec![Record::Key(new.record())]).await;
        new.meter.set(new.limits, new.enabled, clock.now());
        let new = Arc::new(new);
        self.keyring.put(Arc::clone(&new));
        Ok((new, kept))
    }

    /// Takes a key back, for good. What it was called stays, so that statistics have a name for it.
    ///
    /// # Errors
    /// If there is no such key.
    pub async fn revoke(&self, id: &str) -> Result<Kept, NotMade> {
        let Keyring { database, clock, .. } = self.keyring;
        let old = self.keyring.get(id).ok_or(NotMade::Missing)?;
        let now = clock.now();
        let new = ApiKey { revoked: old.revoked.or(Some(now)), hash: None, enabled: false, ..(*old).clone() };
        // A disk that is slow must not keep a key alive that somebody stole.
        new.meter.revoke(now);
        let record = new.record();
        self.keyring.put(Arc::new(new));
        Ok(database.commit(vec![Record::Key(record)]).await)
    }

    fn name(&self, name: &str, own: Option<&str>) -> Result<String, NotMade> {
        let name = terms::name(name)?;
        // The name of a key that was taken back is free again.
        let others =
            self.keyring.list().into_iter().filter(|key| key.revoked.is_none() && Some(key.id.as_str()) != own);
        let twin = others.into_iter().find(|key| key.name.to_lowercase() == name.to_lowercase());
        match twin {
            Some(twin) => Err(NotMade::Taken(format!("`{name}` is what {} is called already; take another", twin.id))),
            None => Ok(name),
        }
    }

    fn free_id(&self) -> String {
        loop {
            let id = format!("key-{}", random::hex(4));
            if self.keyring.get(&id).is_none() {
                return id;
            }
        }
    }
}
