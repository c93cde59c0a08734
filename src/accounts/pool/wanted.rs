//! What a request wants from the pool, and what it gets.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::lease::Lease;
use super::queue::Queued;
use crate::accounts::clock::Millis;
use crate::accounts::{Account, Cause, State};

/// The accounts of one provider. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Group {
    pub(super) index: u16,
    pub(super) size: Arc<AtomicUsize>,
}

impl Group {
    /// How many accounts it has.
    pub fn size(&self) -> usize {
        self.size.load(Ordering::Relaxed)
    }
}

/// One way to have a request answered.
#[derive(Debug, Clone)]
pub struct Leg {
    /// Accounts of this provider,
    pub group: Group,
    /// and of these only the one with this id, if the model is pinned.
    pub only: Option<Arc<str>>,
}

/// What a request wants: an account of the first leg, else of the next.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The ways, best first.
    pub legs: Vec<Leg>,
    /// The conversation that it belongs to.
    pub conversation: Option<Conversation>,
}

/// A conversation, which is best continued by the account that began it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conversation {
    /// Tells it from others.
    pub key: u64,
    /// Whether it may have been begun before; otherwise it is only remembered.
    pub continued: bool,
}

/// A lease and the leg that it was had by.
#[derive(Debug)]
pub struct Granted {
    /// The lease.
    pub lease: Lease,
    /// The position in [`Wanted::legs`].
    pub leg: usize,
}

/// What the pool answers.
#[derive(Debug)]
pub enum Taken {
    /// An account is free.
    Granted(Granted),
    /// All that could answer are busy; wait for one.
    Queued(Queued),
    /// None can answer.
    Denied(Denied),
}

/// Why there is no account.
#[derive(Debug, Clone, Default)]
pub struct Denied {
    /// The accounts that wait, which is all that were not tried.
    pub waiting: Vec<Waiting>,
    /// Accounts that could answer if they were not busy.
    pub busy: usize,
    /// When one of the busy ones opens by itself.
    pub opens: Option<Millis>,
    /// What time it is.
    pub now: Millis,
}

/// An account that waits.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The account.
    pub account: Arc<Account>,
    /// Its state.
    pub state: State,
    /// Why.
    pub cause: Option<Cause>,
}
