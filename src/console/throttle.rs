//! How often somebody may try to sign in. Only failures count, and a try that has to wait is not looked at: the right
//! key is refused as a wrong one is, so that waiting cannot be skipped by guessing.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::address::{Address, Household};
use crate::accounts::clock::Millis;

/// How many failures of one household cost nothing.
const FREE: u32 = 5;

/// For how long a failure counts.
const WINDOW: Millis = 15 * 60_000;

/// The wait after the last free failure; each further one doubles it.
const FIRST_WAIT: Millis = 30_000;

/// The longest wait.
const LAST_WAIT: Millis = 15 * 60_000;

/// How many failures of all households together, within the window, make everybody slower.
const ALL: usize = 100;

/// The wait between two tries of one household while everybody is slower.
const SLOW_WAIT: Millis = 60_000;

/// How many households are remembered; those that failed longest ago are forgotten first.
const MOST: usize = 4096;

/// What became of a try.
#[derive(Debug, PartialEq, Eq)]
pub enum Attempt {
    /// The key was right.
    Right,
    /// The key was wrong.
    Wrong,
    /// The key was not looked at; another try makes sense after this time.
    Wait(Duration),
}

/// What is remembered of failures.
#[derive(Default)]
pub struct Throttle(Mutex<Failures>);

#[derive(Default)]
struct Failures {
    of: BTreeMap<Household, Failing>,
    /// When the last ones of everybody were.
    all: VecDeque<Millis>,
}

/// A household's failures.
struct Failing {
    count: u32,
    last: Millis,
}

impl Failing {
    /// When the next try is looked at.
    fn opens(&self, slow: bool) -> Millis {
        let doublings = self.count.checked_sub(FREE).map(|more| more.min(16));
        let own = doublings.map_or(0, |doublings| (FIRST_WAIT << doublings).min(LAST_WAIT));
        self.last + if slow { own.max(SLOW_WAIT) } else { own }
    }

    /// Whether the failures count no more. A wait is part of the failure that it followed.
    fn is_over(&self, now: Millis) -> bool {
        now >= self.opens(false) + WINDOW
    }
}

impl Throttle {
    /// A try from `address`; `is_right` looks at the key, unless the try comes too early. One at a time, so that tries
    /// at the same moment are no more than as many one after the other.
    pub fn attempt(&self, address: Address, now: Millis, is_right: impl FnOnce() -> bool) -> Attempt {
        let household = address.household();
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let slow = failures.are_many(now);
        if let Some(failing) = failures.of.get(&household) {
            if failing.is_over(now) {
                failures.of.remove(&household);
            } else if failing.opens(slow) > now {
                return Attempt::Wait(Duration::from_millis(failing.opens(slow) - now));
            }
        }
        if is_right() {
            failures.of.remove(&household);
            return Attempt::Right;
        }
        failures.note(household, now);
        Attempt::Wrong
    }
}

impl Failures {
    fn are_many(&mut self, now: Millis) -> bool {
        while self.all.front().is_some_and(|at| now >= at + WINDOW) {
            self.all.pop_front();
        }
        self.all.len() >= ALL
    }

    fn note(&mut self, household: Household, now: Millis) {
        if self.all.len() >= ALL {
            self.all.pop_front();
        }
        self.all.push_back(now);
        if self.of.len() >= MOST && !self.of.contains_key(&household) {
            self.of.retain(|_, failing| !failing.is_over(now));
            let oldest = self.of.iter().min_by_key(|(_, failing)| failing.last).map(|(household, _)| *household);
            if let Some(oldest) = oldest.filter(|_| self.of.len() >= MOST) {
                self.of.remove(&oldest);
            }
        }
        let failing = self.of.entry(household).or_insert(Failing { count: 0, last: now });
        failing.count = failing.count.saturating_add(1);
        failing.last = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Millis = 1_800_000_000_000;

    fn home(number: u32) -> Address {
        Address::read(&std::net::Ipv4Addr::from_bits(number).to_string())
    }

    fn wrong(throttle: &Throttle, number: u32, now: Millis) -> Attempt {
        throttle.attempt(home(number), now, || false)
    }

    fn wait(seconds: u64) -> Attempt {
        Attempt::Wait(Duration::from_secs(seconds))
    }

    #[test]
    fn after_five_failures_each_one_doubles_the_wait_up_to_a_quarter_of_an_hour() {
        let throttle = Throttle::default();
        let mut now = START;
        (0..FREE).for_each(|_| assert_eq!(wrong(&throttle, 1, now), Attempt::Wrong));
        for seconds in [30, 60, 120, 240, 480, 900, 900, 900] {
            assert_eq!(wrong(&throttle, 1, now), wait(seconds));
            let looked_at = throttle.attempt(home(1), now + seconds * 1000 - 1, || panic!("it is not looked at"));
            assert_eq!(looked_at, Attempt::Wait(Duration::from_millis(1)), "the right key waits too");
            now += seconds * 1000;
            assert_eq!(wrong(&throttle, 1, now), Attempt::Wrong);
        }
        assert_eq!(wrong(&throttle, 2, now), Attempt::Wrong, "others do not wait");
    }

    #[test]
    fn a_good_sign_in_clears_the_address_and_so_does_time() {
        let throttle = Throttle::default();
        (0..FREE - 1).for_each(|_| assert_eq!(wrong(&throttle, 1, START), Attempt::Wrong));
        assert_eq!(throttle.attempt(home(1), START, || true), Attempt::Right);
        (0..FREE).for_each(|_| assert_eq!(wrong(&throttle, 1, START), Attempt::Wrong));
        let later = START + FIRST_WAIT + WINDOW;
        (0..FREE).for_each(|_| assert_eq!(wrong(&throttle, 1, later), Attempt::Wrong));
        assert_eq!(wrong(&throttle, 1, later), wait(30));
    }

    #[test]
    fn many_failures_of_many_slow_everybody_down_who_failed() {
        let throttle = Throttle::default();
        (1..=ALL as u32).for_each(|number| assert_eq!(wrong(&throttle, number, START), Attempt::Wrong));
        assert_eq!(wrong(&throttle, 1, START), wait(60));
        assert_eq!(wrong(&throttle, 9999, START), Attempt::Wrong, "somebody new has one try");
        assert_eq!(wrong(&throttle, 9999, START), wait(60));
        assert_eq!(throttle.attempt(home(8888), START, || true), Attempt::Right, "and the owner needs one");
        assert_eq!(wrong(&throttle, 1, START + SLOW_WAIT), Attempt::Wrong);
        let later = START + WINDOW + 1;
        assert_eq!(wrong(&throttle, 2, later), Attempt::Wrong);
        assert_eq!(wrong(&throttle, 2, later), Attempt::Wrong, "the flood is over");
    }

    #[test]
    fn memory_is_bounded_and_the_oldest_are_forgotten() {
        let throttle = Throttle::default();
        for number in 0..MOST as u32 + 50 {
            assert_eq!(wrong(&throttle, number, START + Millis::from(number)), Attempt::Wrong);
        }
        let failures = throttle.0.lock().unwrap();
        assert_eq!((failures.of.len(), failures.all.len()), (MOST, ALL));
        assert!(!failures.of.contains_key(&home(0).household()));
    }
}
