//! Who is signed in. A token is told once and never kept: what is kept is its SHA-256.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::address::Address;
use crate::accounts::clock::Millis;
use crate::config::Secret;
use crate::random;
use crate::store::{Database, Record, SessionRecord};

/// What a token begins with, so that it cannot be taken for a key.
pub const TOKEN_PREFIX: &str = "qqs-";

/// How long a session lasts at most.
pub const LIFE: Millis = 12 * 3_600_000;

/// How long a session lasts that nobody uses.
const IDLE: Millis = 2 * 3_600_000;

/// How many there may be; the oldest goes for a new one.
const MOST: usize = 50;

/// How old the time of the last use may be on disk. Writing down every request would cost a write a second.
const SEEN_STEP: Millis = 60_000;

/// Somebody who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// A short id that may be shown.
    pub id: String,
    /// When it began.
    pub created: Millis,
    /// When it was last used.
    pub seen: Millis,
    /// The address that signed in.
    pub address: String,
}

impl Session {
    /// When it ends whatever happens.
    pub const fn expires(&self) -> Millis {
        self.created.saturating_add(LIFE)
    }

    fn is_live(&self, now: Millis) -> bool {
        now < self.expires() && now < self.seen.saturating_add(IDLE)
    }
}

/// Everybody who is signed in.
pub struct Sessions {
    database: Database,
    /// The fingerprint of the owner's key with which all of them hold.
    key: Mutex<String>,
    /// By the hash of the token.
    live: Mutex<HashMap<String, Kept>>,
}

/// A session, and what is on disk of it.
struct Kept {
    session: Session,
    noted: Millis,
}

impl Sessions {
    /// With those that were kept, as far as they have not ended meanwhile and the owner's key is still the one with which
    /// they hold: a key is often changed because somebody else has it.
    pub fn new(database: Database, kept: Vec<SessionRecord>, key: &str, now: Millis) -> Self {
        let key = database.fingerprint(key);
        let sessions = Self { database, key: Mutex::new(key.clone()), live: Mutex::default() };
        let mut live = sessions.lock();
        for record in kept {
            // A clock that was ahead then must not make a session last longer.
            let time = |ms: i64| Millis::try_from(ms).unwrap_or_default().min(now);
            let (id, created, seen) = (record.id, time(record.created_ms), time(record.seen_ms));
            let session = Session { id, created, seen, address: record.address };
            if session.is_live(now) && record.key == key {
                live.insert(record.hash, Kept { noted: seen, session });
            } else {
                sessions.database.put(Record::DropSession(session.id));
            }
        }
        drop(live);
        sessions
    }

    /// Signs somebody in. The token is told here and nowhere else.
    pub fn begin(&self, address: Address, now: Millis) -> (Secret<String>, Session) {
        let token = format!("{TOKEN_PREFIX}{}", random::hex(24));
        let session = Session { id: random::hex(6), created: now, seen: now, address: address.to_string() };
        let hash = hash(token.as_bytes());
        let mut live = self.lock();
        self.sweep(&mut live, now);
        while live.len() >= MOST {
            let oldest = live.values().map(|kept| &kept.session).min_by_key(|session| session.created);
            let Some(id) = oldest.map(|session| session.id.clone()) else { break };
            self.drop_where(&mut live, |session| session.id == id);
        }
        self.keep(&hash, &session);
        live.insert(hash, Kept { session: session.clone(), noted: now });
        (Secret::new(token), session)
    }

    /// Whose token this is, if it still holds; that counts as a use.
    pub fn find(&self, token: &[u8], now: Millis) -> Option<Session> {
        if !token.starts_with(TOKEN_PREFIX.as_bytes()) {
            return None;
        }
        let hash = hash(token);
        let mut live = self.lock();
        let kept = live.get_mut(&hash)?;
        if !kept.session.is_live(now) {
            let ended = live.remove(&hash)?;
            self.database.put(Record::DropSession(ended.session.id));
            return None;
        }
        kept.session.seen = now.max(kept.session.seen);
        if kept.session.seen >= kept.noted + SEEN_STEP {
            kept.noted = kept.session.seen;
            self.keep(&hash, &kept.session);
        }
        Some(kept.session.clone())
    }

    /// Whether the session with this id still holds. That is no use of it.
    pub fn is_live(&self, id: &str, now: Millis) -> bool {
        self.lock().values().any(|kept| kept.session.id == id && kept.session.is_live(now))
    }

    /// All of them, the newest first.
    pub fn list(&self, now: Millis) -> Vec<Session> {
        let mut live = self.lock();
        self.sweep(&mut live, now);
        let mut all: Vec<Session> = live.values().map(|kept| kept.session.clone()).collect();
        drop(live);
        all.sort_by(|a, b| (b.created, &b.id).cmp(&(a.created, &a.id)));
        all
    }

    /// Ends one. Returns whether it was there.
    pub fn end(&self, id: &str) -> bool {
        self.drop_where(&mut self.lock(), |session| session.id == id) > 0
    }

    /// Ends all.
    pub fn end_all(&self) {
        self.drop_where(&mut self.lock(), |_| true);
    }

    /// The owner's key is another one now: ends all but the one with this id, which goes on with it.
    pub fn key_changed(&self, key: &str, current: Option<&str>) {
        let mut live = self.lock();
        *self.key.lock().unwrap_or_else(PoisonError::into_inner) = self.database.fingerprint(key);
        self.drop_where(&mut live, |session| Some(session.id.as_str()) != current);
        live.iter().for_each(|(hash, kept)| self.keep(hash, &kept.session));
    }

    /// Waits until it is on disk who was signed out, as far as the disk answers: a crash must not sign them in again.
    pub async fn settle(&self) {
        self.database.flush().await;
    }

    fn keep(&self, hash: &str, session: &Session) {
        self.database.put(Record::Session(self.record(hash, session)));
    }

    fn record(&self, hash: &str, session: &Session) -> SessionRecord {
        let time = |ms: Millis| i64::try_from(ms).unwrap_or(i64::MAX);
        SessionRecord {
            id: session.id.clone(),
            hash: hash.to_owned(),
            created_ms: time(session.created),
            seen_ms: time(session.seen),
            address: session.address.clone(),
            key: self.key.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }

    fn sweep(&self, live: &mut HashMap<String, Kept>, now: Millis) {
        self.drop_where(live, |session| !session.is_live(now));
    }

    fn drop_where(&self, live: &mut HashMap<String, Kept>, ends: impl Fn(&Session) -> bool) -> usize {
        let before = live.len();
        live.retain(|_, kept| {
            let stays = !ends(&kept.session);
            if !stays {
                self.database.put(Record::DropSession(kept.session.id.clone()));
            }
            stays
        });
        before - live.len()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Kept>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A token holds 192 random bits, so one quick hash is as good as a slow one.
fn hash(token: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, token);
    digest.as_ref().iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
#[path = "sessions_tests.rs"]
mod tests;
