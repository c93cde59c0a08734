//! The accounts of one provider, taken in turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Account;

/// The accounts of one provider. All workers share it.
#[derive(Debug)]
pub struct Pool {
    accounts: Vec<Arc<Account>>,
    next: AtomicUsize,
}

impl Pool {
    /// A pool of `accounts`.
    pub fn new(accounts: Vec<Account>) -> Self {
        Self { accounts: accounts.into_iter().map(Arc::new).collect(), next: AtomicUsize::new(0) }
    }

    /// All accounts, in their own order.
    pub fn all(&self) -> &[Arc<Account>] {
        &self.accounts
    }

    /// The account with `number`.
    pub fn numbered(&self, number: u32) -> Option<Arc<Account>> {
        self.accounts.iter().find(|account| account.number == Some(number)).cloned()
    }

    /// Every account once, beginning with the one whose turn it is.
    pub fn round(&self) -> Vec<Arc<Account>> {
        let count = self.accounts.len();
        if count <= 1 {
            return self.accounts.clone();
        }
        let first = self.next.fetch_add(1, Ordering::Relaxed) % count;
        (0..count).map(|step| Arc::clone(&self.accounts[(first + step) % count])).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn each_round_begins_one_further_and_meets_everyone_once() {
        let account = |n| Account::new(format!("a-{n}"), Some(n), BTreeMap::new());
        let pool = Pool::new(vec![account(1), account(5), account(7)]);
        let round = || pool.round().iter().filter_map(|a| a.number).collect::<Vec<_>>();
        assert_eq!([round(), round(), round(), round()], [[1, 5, 7], [5, 7, 1], [7, 1, 5], [1, 5, 7]]);
        assert!(pool.numbered(5).is_some() && pool.numbered(2).is_none());
    }
}
