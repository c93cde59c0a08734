//! What everybody who listens is told: put together once for all of them, and only while somebody listens.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::accounts::clock::Millis;

/// How many may listen at once; each holds a connection.
pub const MOST_LISTENERS: usize = 16;

/// How often what is told is put together at most. A little less than a listener's second, so that one tick is enough.
const STEP: Millis = 900;

/// The board.
#[derive(Default)]
pub struct Board {
    listeners: AtomicUsize,
    latest: Mutex<Latest>,
}

#[derive(Default)]
struct Latest {
    at: Millis,
    essence: String,
    sheet: Sheet,
}

/// What is told at one time.
#[derive(Clone, Default)]
pub struct Sheet {
    /// Grows with each change.
    pub number: u64,
    /// The words.
    pub text: Arc<str>,
}

impl Board {
    /// Takes somebody in, if there is room.
    pub fn listen(self: &Arc<Self>) -> Option<Listener> {
        let listener = Listener(Arc::clone(self));
        (self.listeners.fetch_add(1, Ordering::AcqRel) < MOST_LISTENERS).then_some(listener)
    }

    /// How many listen.
    pub fn listeners(&self) -> usize {
        self.listeners.load(Ordering::Acquire)
    }

    /// What is told now. `make` gives what matters of it, by which changes are noticed, and the words.
    pub fn sheet(&self, now: Millis, make: impl FnOnce() -> (String, String)) -> Sheet {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if latest.sheet.number > 0 && now < latest.at + STEP {
            return latest.sheet.clone();
        }
        let (essence, text) = make();
        let number = latest.sheet.number + u64::from(latest.sheet.number == 0 || latest.essence != essence);
        *latest = Latest { at: now, essence, sheet: Sheet { number, text: text.into() } };
        latest.sheet.clone()
    }
}

/// Somebody who listens; leaves when dropped.
pub struct Listener(Arc<Board>);

impl Drop for Listener {
    fn drop(&mut self) {
        self.0.listeners.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_so_many_listen_and_whoever_leaves_makes_room() {
        let board = Arc::new(Board::default());
        let mut listeners: Vec<_> = (0..MOST_LISTENERS).map(|_| board.listen().unwrap()).collect();
        assert!(board.listen().is_none() && board.listen().is_none());
        assert_eq!(board.listeners(), MOST_LISTENERS);
        listeners.pop();
        assert!(board.listen().is_some());
    }

    #[test]
    fn it_is_put_together_once_in_a_while_and_counts_what_matters() {
        let board = Board::default();
        let sheet = |now, essence: &str, text: &str| board.sheet(now, || (essence.into(), text.into()));
        assert_eq!(sheet(5000, "a", "a at 5").number, 1);
        assert_eq!(&*board.sheet(5000 + STEP - 1, || panic!("too soon")).text, "a at 5");
        let same = sheet(5000 + STEP, "a", "a at 6");
        assert_eq!((same.number, &*same.text), (1, "a at 6"), "the words are fresh, but there is no news");
        assert_eq!(sheet(7000, "b", "b at 7").number, 2);
    }
}
