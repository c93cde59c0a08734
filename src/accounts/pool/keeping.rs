//! What is done to the pool from the background and by the owner: accounts come, change and go, are looked at, and their
//! use is kept.

use std::sync::Arc;

use super::{Pool, chance};
use crate::accounts::clock::{Millis, day};
use crate::accounts::{Account, Health, Outcome};

/// What one account was used for on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The account's id.
    pub account: String,
    /// The day, counted from 1970 in UTC.
    pub day: u64,
    /// Requests.
    pub requests: u64,
    /// Tokens.
    pub tokens: u64,
}

impl Pool {
    /// Puts a new account in.
    pub fn put(self: &Arc<Self>, account: Account, health: Health) {
        let group = self.group(&account.provider);
        self.lock().insert(group.index, Arc::new(account), health);
        self.serve();
    }

    /// Puts a changed account in the place of the one with its id, if that is still there.
    pub fn replace(self: &Arc<Self>, account: Account) {
        {
            let mut inner = self.lock();
            let Some(at) = inner.find(&account.id) else { return };
            let limits = account.limits.or(inner.rules.limits);
            let slot = &mut inner.slots[at];
            slot.limit(limits);
            slot.number = account.number;
            slot.cold.account = Arc::new(account);
        }
        // A higher limit lets those in who wait.
        self.serve();
    }

    /// Takes an account out. Requests under way end as they would have.
    pub fn remove(self: &Arc<Self>, id: &str) -> Option<Arc<Account>> {
        let removed = self.lock().remove(id);
        self.serve();
        removed
    }

    /// Gives an account the use of its day that was kept.
    pub fn restore_use(&self, kept: &Use) {
        let mut inner = self.lock();
        if let Some(at) = inner.find(&kept.account) {
            let slot = &mut inner.slots[at];
            (slot.day, slot.day_requests, slot.day_tokens) = (kept.day, kept.requests, kept.tokens);
        }
    }

    /// The use that changed since this was last asked.
    pub fn changed_use(&self) -> Vec<Use> {
        let mut inner = self.lock();
        let changed = inner.slots.iter_mut().filter(|slot| slot.serial != 0 && slot.cold.dirty);
        let used = changed.map(|slot| {
            slot.cold.dirty = false;
            let account = slot.cold.account.id.clone();
            Use { account, day: slot.day, requests: slot.day_requests, tokens: slot.day_tokens }
        });
        used.collect()
    }

    /// The accounts whose sign-in is to be checked now. Each is marked as being checked until [`Pool::checked`].
    pub fn due(&self) -> Vec<Arc<Account>> {
        self.clock.follow();
        let now = self.now();
        let mut inner = self.lock();
        let due =
            inner.slots.iter_mut().filter(|slot| slot.serial != 0 && !slot.cold.checking && slot.cold.check_at <= now);
        let taken = due.map(|slot| {
            slot.cold.checking = true;
            Arc::clone(&slot.cold.account)
        });
        taken.collect()
    }

    /// Marks an account as being checked by the caller; `false` if somebody does so already.
    pub fn begin_check(&self, id: &str) -> bool {
        let mut inner = self.lock();
        let Some(at) = inner.find(id) else { return false };
        !std::mem::replace(&mut inner.slots[at].cold.checking, true)
    }

    /// A check of `account` has ended; the next one is due after `wait`, spread a little. Without `outcome` it said
    /// nothing.
    pub fn checked(self: &Arc<Self>, account: &Account, outcome: Option<Outcome>, wait: Millis) {
        let (now, chance) = (self.now(), chance());
        let news = {
            let mut inner = self.lock();
            let Some(at) = inner.find(&account.id) else { return };
            let news = outcome.filter(|outcome| inner.concerns(at, account, outcome)).and_then(|outcome| {
                inner.slots[at].cold.last_check = Some((now, outcome == Outcome::Alive));
                inner.take_in(at, outcome, now, chance)
            });
            let cold = &mut inner.slots[at].cold;
            cold.checking = false;
            #[expect(
                clippy::cast_precision_loss,
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "hours in milliseconds"
            )]
            let spread = (wait as f64 * (0.8 + 0.4 * chance)) as Millis;
            cold.check_at = now + spread;
            news
        };
        self.announce(news, now);
        self.serve();
    }

    /// The day that it is, counted from 1970 in UTC.
    pub fn today(&self) -> u64 {
        day(self.now())
    }
}
