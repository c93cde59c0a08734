//! The accounts that there are: put in, changed and taken out. Every change is kept before it takes effect.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use super::clock::Millis;
use super::events::{Event, EventKind, Events};
use super::record::signed;
use super::{Account, Health, Origin, Outcome, Pool};
use crate::config::Secret;
use crate::store::{Database, Kept, Record, UsageRecord};

/// How often a change is begun anew because another one came first.
const MOST_RACES: usize = 16;

/// All accounts and what happened to them.
pub struct Registry {
    /// The accounts in use.
    pub pool: Arc<Pool>,
    /// What happened to them.
    pub events: Arc<Events>,
    database: Database,
    /// One renewal at a time for each account.
    turns: Mutex<HashMap<String, Arc<Semaphore>>>,
}

/// Why a change was not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unchanged {
    /// There is no such account.
    Missing,
    /// Others changed it all the time.
    Contended,
}

impl Registry {
    /// A registry of the accounts in `pool`.
    pub fn new(pool: Arc<Pool>, events: Arc<Events>, database: Database) -> Self {
        Self { pool, events, database, turns: Mutex::default() }
    }

    /// An id that no account has: the provider's, with the smallest free number.
    pub fn free_id(&self, provider: &str) -> String {
        let taken: Vec<String> = self.pool.view().into_iter().map(|view| view.account.id.clone()).collect();
        let free = (1_u32..).map(|n| format!("{provider}-{n}")).find(|id| !taken.contains(id));
        free.unwrap_or_else(|| provider.to_owned())
    }

    /// Puts a new account in.
    pub async fn add(&self, account: Account, why: &str) -> Kept {
        let now = self.pool.now();
        let account = Account { created: now, changed: now, ..account };
        let kept = self.database.commit(vec![Record::Account(account.record())]).await;
        let id = account.id.clone();
        let mut health = Health::new(now);
        if !account.enabled {
            health.take(Outcome::Disabled, now, 0.0);
        }
        self.pool.put(account, health);
        self.events.note(&self.database, &id, Event::told(now, EventKind::Account, why));
        kept
    }

    /// Changes an account: the change is kept first, then it takes effect; if another came first it is made anew on top
    /// of that one.
    ///
    /// # Errors
    /// If the account is not there, or not left alone for long enough.
    pub async fn change(
        &self,
        id: &str,
        change: impl Fn(Account) -> Account,
    ) -> Result<(Arc<Account>, Kept), Unchanged> {
        for _ in 0..MOST_RACES {
            let old = self.pool.account(id).ok_or(Unchanged::Missing)?;
            let new = Account { version: old.version + 1, changed: self.pool.now(), ..change((*old).clone()) };
            let kept = self.database.commit(vec![Record::Account(new.record())]).await;
            if self.pool.swap(new, old.version) {
                let account = self.pool.account(id).ok_or(Unchanged::Missing)?;
                return Ok((account, kept));
            }
        }
        Err(Unchanged::Contended)
    }

    /// Gives an account another credential, which makes it well again. `by_owner` says who does.
    ///
    /// # Errors
    /// As [`Registry::change`].
    pub async fn renew(
        &self,
        id: &str,
        credential: BTreeMap<String, String>,
        identity: Option<String>,
        by_owner: bool,
    ) -> Result<(Arc<Account>, Kept), Unchanged> {
        let changed = self
            .change(id, |old| Account {
                credential: Secret::new(credential.clone()),
                identity: identity.clone().or(old.identity.clone()),
                origin: if by_owner { Origin::Console } else { old.origin },
                ..old
            })
            .await?;
        self.pool.tell(id, Outcome::Renewed);
        let why = if by_owner { "Its owner gave it a new credential." } else { "Its credential was renewed." };
        self.note(id, EventKind::Credential, why);
        Ok(changed)
    }

    /// Puts what the upstream changed of a credential in the place of the one that it was made from; nothing happens
    /// if that one is not the present one any more.
    pub async fn roll(&self, from: &Account, credential: BTreeMap<String, String>) -> bool {
        let current = self.pool.account(&from.id);
        let Some(old) = current.filter(|current| current.credential == from.credential) else { return false };
        let version = old.version;
        let credential = Secret::new(credential);
        let new = Account { credential, version: version + 1, changed: self.pool.now(), ..(*old).clone() };
        self.database.commit(vec![Record::Account(new.record())]).await;
        let swapped = self.pool.swap(new, version);
        if !swapped && let Some(winner) = self.pool.account(&from.id) {
            // Another change took effect meanwhile; what is kept must be that one.
            self.database.put(Record::Account(winner.record()));
        }
        swapped
    }

    /// Takes an account out. One that the environment names is remembered as deleted, so that it stays away.
    ///
    /// # Errors
    /// If it is not there.
    pub async fn remove(&self, id: &str) -> Result<Kept, Unchanged> {
        let account = self.pool.remove(id).ok_or(Unchanged::Missing)?;
        self.events.forget(id);
        let record = if account.fingerprint.is_some() {
            let mut record = account.record();
            // What it was signed in with is not needed to know that it is gone.
            record.gone = true;
            record.credential = Secret::new(BTreeMap::new());
            Record::Account(record)
        } else {
            Record::DropAccount(id.to_owned())
        };
        Ok(self.database.commit(vec![record]).await)
    }

    /// Notes something that happened to an account.
    pub fn note(&self, id: &str, kind: EventKind, message: &str) {
        self.events.note(&self.database, id, Event::told(self.pool.now(), kind, message));
    }

    /// The turn to renew an account's credential, which one at a time has.
    pub fn turn(&self, id: &str) -> Arc<Semaphore> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(id.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(1))))
    }

    /// Keeps today's use of every account whose use changed.
    pub fn keep_use(&self) {
        for used in self.pool.changed_use() {
            let record = UsageRecord {
                account: used.account,
                day: signed(used.day),
                requests: signed(used.requests),
                tokens: signed(used.tokens),
            };
            self.database.put(Record::Usage(record));
        }
    }
}

/// The health that was kept for an account, as it may be used at `now`.
pub fn restored(kept: Option<&str>, enabled: bool, now: Millis) -> Health {
    let known = kept.and_then(|body| serde_json::from_str::<Health>(body).ok());
    known.map_or_else(|| Health::new(now), |health| health.restored(now)).switched(enabled)
}
