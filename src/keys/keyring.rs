//! All keys that the owner made.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::Semaphore;

use super::api_key::{ApiKey, Hash, KeyState, hash};
use super::changes::Changes;
use super::record::use_record;
use crate::accounts::clock::{Clock, Millis};
use crate::store::{Database, KeyRecord, KeyUseRecord, Record};

/// All keys. Whoever looks one up holds a lock for a moment; nothing waits for the disk but a change.
#[derive(Debug)]
pub struct Keyring {
    rings: RwLock<Rings>,
    pub(super) database: Database,
    pub(super) clock: Arc<Clock>,
    pub(super) changing: Semaphore,
}

/// The same keys, by what their secrets are known by and by their ids. Those that were taken back have no secret.
#[derive(Debug, Default)]
struct Rings {
    by_hash: HashMap<Hash, Arc<ApiKey>>,
    by_id: BTreeMap<String, Arc<ApiKey>>,
}

impl Keyring {
    /// The keys that were kept. What cannot be read goes to `warnings`.
    pub fn new(database: Database, kept: Vec<KeyRecord>, used: &[KeyUseRecord], warnings: &mut Vec<String>) -> Self {
        let clock = Arc::new(Clock::new());
        let used: HashMap<&str, &KeyUseRecord> = used.iter().map(|used| (used.key.as_str(), used)).collect();
        let mut rings = Rings::default();
        for record in kept {
            let used = used.get(record.id.as_str()).copied();
            rings.put(Arc::new(ApiKey::kept(record, used, &clock, warnings)));
        }
        Self { rings: RwLock::new(rings), database, clock, changing: Semaphore::new(1) }
    }

    /// The key with this secret, whether it may be used now or not; none that was taken back.
    pub fn find(&self, presented: &[u8]) -> Option<Arc<ApiKey>> {
        let hash = hash(presented)?;
        self.rings.read().unwrap_or_else(PoisonError::into_inner).by_hash.get(&hash).cloned()
    }

    /// The key with this id.
    pub fn get(&self, id: &str) -> Option<Arc<ApiKey>> {
        self.rings.read().unwrap_or_else(PoisonError::into_inner).by_id.get(id).cloned()
    }

    /// All keys, also those that were taken back; the newest last.
    pub fn list(&self) -> Vec<Arc<ApiKey>> {
        let rings = self.rings.read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> = rings.by_id.values().cloned().collect();
        drop(rings);
        all.sort_by_key(|key| key.created);
        all
    }

    /// How many keys may be used now.
    pub fn active(&self) -> usize {
        self.list().iter().filter(|key| key.state() == KeyState::Active).count()
    }

    /// The time by which keys live.
    pub fn now(&self) -> Millis {
        self.clock.now()
    }

    /// Waits for the turn to change keys. Whoever has it should run in a task that nobody breaks off: what was sent to the
    /// store must take effect, too.
    pub async fn begin(&self) -> Changes<'_> {
        Changes::begin(self).await
    }

    /// Keeps the use of every key whose use changed; to be called often.
    pub fn keep_use(&self) {
        self.clock.follow();
        let now = self.now();
        for key in self.list() {
            if let Some(kept) = key.meter.changed(now) {
                self.database.put(Record::KeyUse(use_record(&key.id, &kept)));
            }
        }
    }

    /// Puts a key in, in the place of the one with its id.
    pub(super) fn put(&self, key: Arc<ApiKey>) {
        self.rings.write().unwrap_or_else(PoisonError::into_inner).put(key);
    }
}

impl Rings {
    fn put(&mut self, key: Arc<ApiKey>) {
        if let Some(hash) = self.by_id.get(&key.id).and_then(|old| old.hash) {
            self.by_hash.remove(&hash);
        }
        if let Some(hash) = key.hash {
            self.by_hash.insert(hash, Arc::clone(&key));
        }
        self.by_id.insert(key.id.clone(), key);
    }
}
