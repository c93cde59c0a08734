//! What tests change about the credentials while the fake runs, and what it counts for each.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::scenario::{Plan, Scenario};
use crate::turn::Turn;

#[derive(Default)]
pub struct Credentials(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    /// Credential → the scenario that it plays instead of the one it names.
    definitions: HashMap<String, String>,
    /// Credential → what it says next; the last turn stays.
    turns: HashMap<String, VecDeque<Turn>>,
    rolls: HashMap<String, u64>,
    draws: HashMap<String, u64>,
    /// Name → the number that its next refresh token must have.
    refresh: HashMap<String, u64>,
    /// Never starts anew, so that two answers never carry the same marks.
    answers: u64,
}

/// What a refresh token is worth.
#[derive(Debug, PartialEq)]
pub enum Refresh {
    Good,
    Reused,
    Unknown,
}

impl Credentials {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets what was changed and counted.
    pub fn reset(&self) {
        let mut inner = self.lock();
        *inner = Inner { answers: inner.answers, ..Inner::default() };
    }

    /// From now on the credential `name` does what `definition` says; false if that is no scenario.
    pub fn set(&self, name: &str, definition: &str) -> bool {
        let known = !name.is_empty() && Scenario::parse(definition).plan != Plan::Unknown;
        if known {
            self.lock().definitions.insert(name.to_owned(), definition.to_owned());
        }
        known
    }

    pub fn scenario(&self, name: &str) -> Scenario {
        match self.lock().definitions.get(name) {
            Some(definition) => Scenario::redefined(name, definition),
            None => Scenario::parse(name),
        }
    }

    /// From now on the credential `name` says these turns, the last one again and again; false if it has no name.
    pub fn say(&self, name: &str, turns: Vec<Turn>) -> bool {
        let named = !name.is_empty();
        if named {
            self.lock().turns.insert(name.to_owned(), turns.into());
        }
        named
    }

    /// The next turns of a credential, none if it was told nothing. `count` is asked only when there are any.
    pub fn turns(&self, name: &str, count: impl FnOnce() -> usize) -> Vec<Turn> {
        let mut inner = self.lock();
        let Some(turns) = inner.turns.get_mut(name) else {
            return Vec::new();
        };
        let next = || if turns.len() > 1 { turns.pop_front() } else { turns.front().cloned() };
        std::iter::from_fn(next).take(count()).collect()
    }

    /// How often the credential's cookies were replaced, this time included.
    pub fn roll(&self, name: &str) -> u64 {
        count(&mut self.lock().rolls, name)
    }

    /// How often chaos was drawn for the credential, this time included.
    pub fn draw(&self, name: &str) -> u64 {
        count(&mut self.lock().draws, name)
    }

    /// A number that no other answer has.
    pub fn answer(&self) -> u64 {
        let mut inner = self.lock();
        inner.answers += 1;
        inner.answers
    }

    /// Uses up the refresh token `number` of `name`. The first one that comes may have any number.
    pub fn refresh(&self, name: &str, number: u64) -> Refresh {
        let mut inner = self.lock();
        let due = inner.refresh.entry(name.to_owned()).or_insert(number);
        match number.cmp(due) {
            std::cmp::Ordering::Less => Refresh::Reused,
            std::cmp::Ordering::Greater => Refresh::Unknown,
            std::cmp::Ordering::Equal => {
                *due += 1;
                Refresh::Good
            }
        }
    }

    /// Whether `number` is that of the newest access token of `name`.
    pub fn is_newest(&self, name: &str, number: u64) -> bool {
        self.lock().refresh.get(name).is_some_and(|due| number.checked_add(1) == Some(*due))
    }
}

fn count(counts: &mut HashMap<String, u64>, name: &str) -> u64 {
    let count = counts.entry(name.to_owned()).or_default();
    *count += 1;
    *count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refresh_token_works_once_and_only_the_newest_access_token_counts() {
        let credentials = Credentials::default();
        assert!(!credentials.is_newest("ok", 3));
        assert_eq!(credentials.refresh("ok", 3), Refresh::Good);
        assert!(credentials.is_newest("ok", 3));
        assert_eq!(credentials.refresh("ok", 3), Refresh::Reused);
        assert_eq!(credentials.refresh("ok", 5), Refresh::Unknown);
        assert_eq!(credentials.refresh("ok", 4), Refresh::Good);
        assert!(credentials.is_newest("ok", 4) && !credentials.is_newest("ok", 3));
        assert!(!credentials.is_newest("echo", 4));
    }

    #[test]
    fn a_reset_forgets_all_but_the_answers_numbers() {
        let credentials = Credentials::default();
        assert!(credentials.set("alice", "expired") && !credentials.set("alice", "okay"));
        assert_eq!((credentials.answer(), credentials.roll("alice"), credentials.roll("alice")), (1, 1, 2));
        assert_eq!(credentials.scenario("alice").plan, Plan::Expired);
        credentials.reset();
        assert_eq!(credentials.scenario("alice").plan, Plan::Unknown);
        assert_eq!((credentials.answer(), credentials.roll("alice")), (2, 1));
    }
}
