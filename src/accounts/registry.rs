//! The accounts that there are: put in, changed and taken out. Every change is kept before it takes effect.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit};

use super::clock::Millis;
use super::events::{Event, EventKind, Events};
use super::record::signed;
use super::{Account, Health, Origin, Outcome, Pool};
use crate::config::Secret;
use crate::store::{Database, Kept, Record, UsageRecord};

/// All accounts and what happened to them.
pub struct Registry {
    /// The accounts in use.
    pub pool: Arc<Pool>,
    /// What happened to them.
    pub events: Arc<Events>,
    database: Database,
    changing: Semaphore,
    /// One renewal at a time for each account.
    turns: Mutex<HashMap<String, Arc<Semaphore>>>,
}

/// There is no account of this id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing;

/// The turn to change accounts. One at a time has it, so that what is kept is what holds, in the same order.
pub struct Changes<'a> {
    registry: &'a Registry,
    _turn: Option<SemaphorePermit<'a>>,
}

impl Registry {
    /// A registry of the accounts in `pool`.
    pub fn new(pool: Arc<Pool>, events: Arc<Events>, database: Database) -> Self {
        Self { pool, events, database, changing: Semaphore::new(1), turns: Mutex::default() }
    }

    /// Waits for the turn to change accounts. Whoever has it should run in a task that nobody breaks off: what was sent to
    /// the store must take effect, too.
    pub async fn begin(&self) -> Changes<'_> {
        // It is never closed, so there always is a turn.
        Changes { registry: self, _turn: self.changing.acquire().await.ok() }
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

impl Changes<'_> {
    /// An id that no account has, nor can have from the environment: `p` stands for pasted.
    pub fn free_id(&self, provider: &str) -> String {
        let taken: Vec<String> = self.registry.pool.view().into_iter().map(|view| view.account.id.clone()).collect();
        let free = (1_u32..).map(|n| format!("{provider}-p{n}")).find(|id| !taken.contains(id));
        free.unwrap_or_else(|| provider.to_owned())
    }

    /// Puts a new account in.
    pub async fn add(&self, account: Account, why: &str) -> Kept {
        let Registry { pool, events, database, .. } = self.registry;
        let now = pool.now();
        let account = Account { created: now, changed: now, ..account };
        let kept = database.commit(vec![Record::Account(account.record())]).await;
        let id = account.id.clone();
        let health = Health::new(now).switched(account.enabled);
        pool.put(account, health);
        events.note(database, &id, Event::told(now, EventKind::Account, why));
        kept
    }

    /// Changes an account: the change is kept first, then it takes effect.
    ///
    /// # Errors
    /// If the account is not there.
    pub async fn change(
        &self,
        id: &str,
        change: impl FnOnce(Account) -> Account,
    ) -> Result<(Arc<Account>, Kept), Missing> {
        let Registry { pool, database, .. } = self.registry;
        let old = pool.account(id).ok_or(Missing)?;
        let new = change((*old).clone());
        let new = Account { version: old.version + 1, changed: pool.now(), ..new };
        let kept = database.commit(vec![Record::Account(new.record())]).await;
        pool.replace(new);
        Ok((pool.account(id).ok_or(Missing)?, kept))
    }

    /// Gives an account another credential, which makes it well again. `by_owner` says who does.
    ///
    /// # Errors
    /// As [`Changes::change`].
    pub async fn renew(
        &self,
        id: &str,
        credential: BTreeMap<String, String>,
        identity: Option<String>,
        by_owner: bool,
    ) -> Result<(Arc<Account>, Kept), Missing> {
        let changed = self
            .change(id, |old| Account {
                credential: Secret::new(credential),
                sign_in: old.sign_in + u64::from(by_owner),
                identity: identity.or(old.identity),
                origin: if by_owner { Origin::Console } else { old.origin },
                ..old
            })
            .await?;
        self.registry.pool.tell(id, Outcome::Renewed);
        let why = if by_owner { "Its owner gave it a new credential." } else { "Its credential was renewed." };
        self.registry.note(id, EventKind::Credential, why);
        Ok(changed)
    }

    /// Takes an account out. One that the environment names is remembered as deleted, so that it stays away.
    ///
    /// # Errors
    /// If it is not there.
    pub async fn remove(&self, id: &str) -> Result<Kept, Missing> {
        let Registry { pool, events, database, .. } = self.registry;
        let account = pool.remove(id).ok_or(Missing)?;
        events.forget(id);
        let record = if account.fingerprint.is_some() {
            let mut record = account.record();
            // What it was signed in with is not needed to know that it is gone.
            record.gone = true;
            record.credential = Secret::new(BTreeMap::new());
            Record::Account(record)
        } else {
            Record::DropAccount(id.to_owned())
        };
        Ok(database.commit(vec![record]).await)
    }
}

/// The health that was kept for an account, as it may be used at `now`.
pub fn restored(kept: Option<&str>, enabled: bool, now: Millis) -> Health {
    let known = kept.and_then(|body| serde_json::from_str::<Health>(body).ok());
    known.map_or_else(|| Health::new(now), |health| health.restored(now)).switched(enabled)
}
