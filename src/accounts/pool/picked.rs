//! What a look at the accounts found.

use crate::accounts::clock::Millis;

/// What a look at the slots found.
pub enum Pick {
    Got { slot: usize, leg: usize, probe: bool },
    Full(Opening),
    Shut,
}

/// When somebody who waits may get a turn.
#[derive(Debug, Clone, Copy, Default)]
pub struct Opening {
    /// The soonest time at which something opens by itself.
    pub wake: Option<Millis>,
    /// Before that nothing can open; unknown where a lease may be given back at any time.
    pub earliest: Option<Millis>,
}

/// Accounts that could answer if they were not busy.
#[derive(Default)]
pub struct Busy {
    pub count: usize,
    pub soonest: Option<Millis>,
    /// Whether one of them may be given back at any time.
    at_any_time: bool,
}

impl Busy {
    pub fn add(&mut self, until: Option<Millis>) {
        self.count += 1;
        self.at_any_time |= until.is_none();
        self.soonest = soonest(self.soonest, until);
    }

    pub fn earliest(&self) -> Option<Millis> {
        self.soonest.filter(|_| !self.at_any_time)
    }
}

/// The sooner of two times, where either is known.
pub fn soonest(one: Option<Millis>, other: Option<Millis>) -> Option<Millis> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
