//! Who hears of what becomes of accounts.

use std::sync::Arc;

use super::Account;
use super::clock::Millis;
use super::health::Health;
use super::state::Change;

/// Hears of changes, after they happened and outside of every lock.
pub trait Observer: Send + Sync {
    /// An account's state changed.
    fn changed(&self, account: &Arc<Account>, change: &Change, health: &Health, now: Millis);

    /// Faults that are still forgiven began, or are forgiven, or a wait grew: worth keeping, but no event.
    fn touched(&self, account: &Arc<Account>, health: &Health);
}

/// Hears and forgets.
#[derive(Debug, Clone, Copy)]
pub struct Deaf;

impl Observer for Deaf {
    fn changed(&self, _: &Arc<Account>, _: &Change, _: &Health, _: Millis) {}
    fn touched(&self, _: &Arc<Account>, _: &Health) {}
}
