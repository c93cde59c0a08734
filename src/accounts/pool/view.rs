//! The pool as the owner sees it.

use std::sync::Arc;

use super::Pool;
use super::slot::Slot;
use super::wanted::Group;
use crate::accounts::clock::{Millis, day};
use crate::accounts::{Account, Health, Limits};

/// One account at one time.
#[derive(Debug, Clone)]
pub struct View {
    /// The account.
    pub account: Arc<Account>,
    /// Its health.
    pub health: Health,
    /// The limits that hold for it: its own, and the default ones.
    pub limits: Limits,
    /// Leases that are out.
    pub in_flight: u32,
    /// Requests of today (UTC).
    pub requests_today: u64,
    /// Tokens of today (UTC).
    pub tokens_today: u64,
    /// Answers since the service started.
    pub answers: u64,
    /// Failed requests since the service started.
    pub failures: u64,
    /// When it last answered.
    pub last_answer: Option<Millis>,
    /// When its sign-in was last checked, and whether it was good.
    pub last_check: Option<(Millis, bool)>,
}

impl Pool {
    /// Every account, in the order in which they came.
    pub fn view(&self) -> Vec<View> {
        let now = self.now();
        let mut inner = self.lock();
        let mut views: Vec<(u64, View)> = Vec::with_capacity(inner.slots.len());
        for slot in inner.slots.iter_mut().filter(|slot| slot.serial != 0) {
            slot.turn_day(day(now));
            let view = View {
                account: Arc::clone(&slot.cold.account),
                health: slot.cold.health.clone(),
                limits: *slot.limits(),
                in_flight: slot.in_flight,
                requests_today: slot.day_requests,
                tokens_today: slot.day_tokens,
                answers: slot.cold.answers,
                failures: slot.cold.failures,
                last_answer: slot.cold.last_answer,
                last_check: slot.cold.last_check,
            };
            views.push((slot.serial, view));
        }
        drop(inner);
        views.sort_by_key(|(serial, _)| *serial);
        views.into_iter().map(|(_, view)| view).collect()
    }

    /// One account.
    pub fn view_of(&self, id: &str) -> Option<View> {
        self.view().into_iter().find(|view| view.account.id == id)
    }

    /// When requests may use the account again.
    pub fn opens(&self, id: &str) -> Option<Millis> {
        let inner = self.lock();
        inner.find(id).and_then(|at| inner.slots[at].cold.health.opens())
    }

    /// The account with this id, as it is now.
    pub fn account(&self, id: &str) -> Option<Arc<Account>> {
        let inner = self.lock();
        inner.find(id).map(|at| Arc::clone(&inner.slots[at].cold.account))
    }

    /// The accounts of one provider.
    pub fn accounts(&self, group: &Group) -> Vec<Arc<Account>> {
        let inner = self.lock();
        let own = inner.slots.iter().filter(|slot| slot.serial != 0 && slot.group == group.index);
        own.map(|slot| Arc::clone(&slot.cold.account)).collect()
    }

    /// The accounts of one provider that requests may use, now or later by themselves; those first that are well.
    pub fn usable(&self, group: &Group) -> Vec<Arc<Account>> {
        let inner = self.lock();
        let own = || inner.slots.iter().filter(|slot| slot.serial != 0 && slot.group == group.index);
        let well = |slot: &&Slot| slot.cold.health.is_spotless();
        let later = |slot: &&Slot| !well(slot) && slot.cold.health.opens().is_some();
        own().filter(well).chain(own().filter(later)).map(|slot| Arc::clone(&slot.cold.account)).collect()
    }

    /// The id of the provider's account with this number.
    pub fn numbered(&self, group: &Group, number: u32) -> Option<Arc<str>> {
        let inner = self.lock();
        let mut own = inner.slots.iter().filter(|slot| slot.serial != 0 && slot.group == group.index);
        own.find(|slot| slot.number == Some(number)).map(|slot| slot.cold.account.id.as_str().into())
    }
}
