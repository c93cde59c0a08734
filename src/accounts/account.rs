//! One account of one provider.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::config::Secret;

/// An account: what a provider needs to be asked in somebody's name.
#[derive(Debug)]
pub struct Account {
    /// A short id that may be shown and logged, such as `qianwen-1`.
    pub id: String,
    /// The number that `MODEL_TO_ACCOUNT_MAP` pins models to, if it has one.
    pub number: Option<u32>,
    /// What the provider put into it; only that provider reads it.
    pub credential: Secret<BTreeMap<String, String>>,
    in_flight: AtomicU64,
}

impl Account {
    /// An account that is not in use.
    pub const fn new(id: String, number: Option<u32>, credential: BTreeMap<String, String>) -> Self {
        Self { id, number, credential: Secret::new(credential), in_flight: AtomicU64::new(0) }
    }

    /// The credential's part `name`; empty if it has none.
    pub fn part(&self, name: &str) -> &str {
        self.credential.expose().get(name).map_or("", String::as_str)
    }

    /// How many replies use the account now.
    pub fn in_flight(&self) -> u64 {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// Takes the account for one reply.
    pub fn lease(self: &Arc<Self>) -> Lease {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        Lease(Arc::clone(self))
    }
}

/// The use of an account by one reply. It ends when it is dropped, however the reply ends.
#[derive(Debug)]
pub struct Lease(Arc<Account>);

impl Lease {
    /// The account.
    pub fn account(&self) -> &Account {
        &self.0
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_lease_frees_the_account() {
        let account = Arc::new(Account::new("a-1".into(), None, BTreeMap::new()));
        let (first, second) = (account.lease(), account.lease());
        assert_eq!(account.in_flight(), 2);
        drop(first);
        let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
            let _second = second;
            panic!("a reply may end in any way");
        }));
        assert!(unwound.is_err());
        assert_eq!(account.in_flight(), 0);
    }
}
