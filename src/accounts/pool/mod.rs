//! All accounts of all providers, behind one short lock, so that every worker sees one truth. Names no provider.
//!
//! Whoever asks gets a [`Lease`], which is given back by dropping it: counts return to zero whatever happens.

mod inner;
mod keeping;
mod lease;
mod picked;
mod queue;
mod slot;
mod sticky;
mod strategy;
mod view;
mod wanted;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

pub use keeping::Use;
pub use lease::{End, Lease};
pub use queue::Queued;
pub use strategy::Strategy;
pub use view::View;
pub use wanted::{Conversation, Denied, Granted, Group, Leg, Taken, Waiting, Wanted};

use super::clock::{Clock, Millis};
use super::observer::Observer;
use super::state::{Change, Outcome};
use super::{Account, Limits};
use crate::random;
use inner::Inner;
use lease::Returned;
use picked::{Opening, Pick};
use queue::Waiter;

/// How many requests may wait for the same accounts; more are refused at once.
const LONGEST_QUEUE: usize = 256;

/// What the owner decides about the pool.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rules {
    /// By which rule an account is picked.
    pub strategy: Strategy,
    /// The limits of accounts that have none of their own.
    pub limits: Limits,
    /// How long a request waits for an account at most.
    pub patience: Duration,
}

/// The pool. All workers share it.
pub struct Pool {
    inner: Mutex<Inner>,
    clock: Clock,
    observer: Box<dyn Observer>,
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool").finish_non_exhaustive()
    }
}

/// Something that the observer hears once the lock is free.
pub(super) struct News {
    account: Arc<Account>,
    change: Option<Change>,
    health: super::Health,
}

impl Pool {
    /// An empty pool.
    pub fn new(rules: Rules, observer: Box<dyn Observer>) -> Arc<Self> {
        Arc::new(Self { inner: Mutex::new(Inner::new(rules)), clock: Clock::new(), observer })
    }

    /// What time it is for accounts.
    pub fn now(&self) -> Millis {
        self.clock.now()
    }

    /// The group of the provider with this id.
    pub fn group(&self, provider: &str) -> Group {
        let mut inner = self.lock();
        let index = inner.groups.iter().position(|(id, _)| id == provider).unwrap_or_else(|| {
            inner.groups.push((provider.to_owned(), Arc::new(AtomicUsize::new(0))));
            inner.groups.len() - 1
        });
        let size = Arc::clone(&inner.groups[index].1);
        Group { index: u16::try_from(index).unwrap_or(u16::MAX), size }
    }

    /// Changes the rules; what is under way is not touched.
    pub fn rule(self: &Arc<Self>, rules: Rules) {
        self.lock().rule(rules);
        self.serve();
    }

    /// The rules.
    pub fn rules(&self) -> Rules {
        self.lock().rules
    }

    /// Takes an account for a request; `tried` are the serials of those that need not be tried again.
    pub fn take(self: &Arc<Self>, wanted: &Wanted, tried: &[u64]) -> Taken {
        let now = self.now();
        let mut inner = self.lock();
        let patience = inner.rules.patience;
        // Who came first goes first, so nobody overtakes those who wait for the same.
        let rivals = if inner.queue.is_empty() || patience.is_zero() { 0 } else { inner.rivals(wanted) };
        let picked = match rivals {
            0 => inner.pick(wanted, tried, now),
            _ => Pick::Full(Opening { wake: Some(now), earliest: None }),
        };
        match picked {
            Pick::Got { slot, leg, probe } => {
                let lease = self.lease(&inner, slot, probe);
                drop(inner);
                Taken::Granted(Granted { lease, leg })
            }
            Pick::Shut => Taken::Denied(inner.denied(wanted, tried, now)),
            Pick::Full(Opening { wake, earliest }) => {
                let too_late = earliest.is_some_and(|at| at > now.saturating_add(millis(patience)));
                if too_late || patience.is_zero() || inner.rivals(wanted) >= LONGEST_QUEUE {
                    return Taken::Denied(inner.denied(wanted, tried, now));
                }
                let (give, given) = oneshot::channel();
                inner.waiters += 1;
                let id = inner.waiters;
                inner.queue.push_back(Waiter { id, wanted: wanted.clone(), tried: tried.to_vec(), give });
                drop(inner);
                if rivals > 0 {
                    self.serve();
                }
                let deadline = Instant::now() + patience;
                Taken::Queued(Queued { pool: Arc::clone(self), id, given, deadline, opens: wake })
            }
        }
    }

    /// Tells what happened to an account outside of a lease.
    pub fn tell(self: &Arc<Self>, id: &str, outcome: Outcome) {
        let now = self.now();
        let news = {
            let mut inner = self.lock();
            inner.find(id).and_then(|slot| inner.take_in(slot, outcome, now, chance()))
        };
        self.announce(news, now);
        self.serve();
    }

    fn lease(self: &Arc<Self>, inner: &Inner, slot: usize, probe: bool) -> Lease {
        let place = &inner.slots[slot];
        let account = Arc::clone(&place.cold.account);
        let (pool, began) = (Arc::clone(self), self.now());
        Lease { pool, account, slot, serial: place.serial, probe, began, end: End::default() }
    }

    fn release(self: &Arc<Self>, returned: &Returned<'_>, end: End) {
        let now = self.now();
        let (news, waited_for) = {
            let mut inner = self.lock();
            (inner.release(returned, end, now), !inner.queue.is_empty())
        };
        self.announce(news, now);
        if waited_for {
            self.serve();
        }
    }

    fn prove(self: &Arc<Self>, slot: usize, serial: u64) {
        let now = self.now();
        let news = self.lock().prove(slot, serial, now);
        self.announce(news, now);
        self.serve();
    }

    /// Gives what is free to those who wait, in their order.
    fn serve(self: &Arc<Self>) {
        let now = self.now();
        let mut served = Vec::new();
        {
            let mut inner = self.lock();
            if inner.queue.is_empty() {
                return;
            }
            let mut still = VecDeque::with_capacity(inner.queue.len());
            while let Some(waiter) = inner.queue.pop_front() {
                match inner.pick(&waiter.wanted, &waiter.tried, now) {
                    Pick::Got { slot, leg, probe } => {
                        let lease = self.lease(&inner, slot, probe);
                        served.push((waiter.give, Ok(Granted { lease, leg })));
                    }
                    Pick::Shut => {
                        let denied = inner.denied(&waiter.wanted, &waiter.tried, now);
                        served.push((waiter.give, Err(denied)));
                    }
                    Pick::Full(_) => still.push_back(waiter),
                }
            }
            inner.queue = still;
        }
        for (give, answer) in served {
            // Who has left in the meantime gives the lease back by dropping it, and the next one is served.
            let _ = give.send(answer);
        }
    }

    /// Serves everybody; returns when the one with this place might be served next, if that is known.
    fn look_again(self: &Arc<Self>, id: u64) -> Option<Millis> {
        self.serve();
        let now = self.now();
        let mut inner = self.lock();
        let waiter = inner.queue.iter().find(|waiter| waiter.id == id)?;
        let (wanted, tried) = (waiter.wanted.clone(), waiter.tried.clone());
        match inner.pick_dry(&wanted, &tried, now) {
            Pick::Full(opening) => opening.wake,
            _ => Some(now),
        }
    }

    /// Gives a place in the queue up; `None` if it was not there any more.
    fn leave_queue(&self, id: u64) -> Option<Denied> {
        let now = self.now();
        let mut inner = self.lock();
        let at = inner.queue.iter().position(|waiter| waiter.id == id)?;
        let waiter = inner.queue.remove(at)?;
        Some(inner.denied(&waiter.wanted, &waiter.tried, now))
    }

    fn announce(&self, news: Option<News>, now: Millis) {
        let Some(News { account, change, health }) = news else { return };
        match change {
            Some(change) => self.observer.changed(&account, &change, &health, now),
            None => self.observer.touched(&account, &health),
        }
    }

    /// How many requests wait.
    pub fn waiting(&self) -> usize {
        self.lock().queue.len()
    }

    /// How many leases are out.
    pub fn in_flight(&self) -> u64 {
        self.lock().slots.iter().map(|slot| u64::from(slot.in_flight)).sum()
    }

    /// How many accounts there are.
    pub fn len(&self) -> usize {
        self.lock().groups.iter().map(|(_, size)| size.load(Ordering::Relaxed)).sum()
    }

    /// Whether there are no accounts.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic while the lock was held left counts that may be off by one; that is better than no pool at all.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn millis(duration: Duration) -> Millis {
    u64::try_from(duration.as_millis()).unwrap_or(Millis::MAX)
}

/// A random number from 0 to 1.
fn chance() -> f64 {
    f64::from(u16::from_str_radix(&random::hex(2), 16).unwrap_or_default()) / f64::from(u16::MAX)
}

#[cfg(test)]
mod made;
#[cfg(test)]
mod pool_tests;
#[cfg(test)]
mod queue_tests;
