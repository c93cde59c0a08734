//! Where calls that have ended lie until they are noted in the books.
//!
//! The books are one for all threads. If each call that ends had them opened for itself, the threads would wait for each
//! other many thousand times a second; so each lays its calls aside, and whoever opens the books next notes them all.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::draft::{Draft, End};

/// How many trays there are. Threads share them where there are more.
const TRAYS: usize = 8;

/// How many calls fill a tray, so that somebody should note them.
const FULL: usize = 64;

/// A call that has ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) end: End,
    pub(super) draft: Draft,
    /// The id of the key that called; empty for the owner's own.
    pub(super) key: Box<str>,
}

/// What lies ready.
#[derive(Debug, Default)]
pub(super) struct Trays([Tray; TRAYS]);

/// One tray, apart from the others also for the processor, which moves memory about in lines.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Tray(Mutex<Vec<Ended>>);

impl Trays {
    /// Lays a call on this thread's tray. Says whether that is full.
    pub(super) fn lay(&self, ended: Ended) -> bool {
        static THREADS: AtomicUsize = AtomicUsize::new(0);
        thread_local! {
            static OWN: usize = THREADS.fetch_add(1, Ordering::Relaxed) % TRAYS;
        }
        // While a thread ends, it has no number any more.
        let own = OWN.try_with(|own| *own).unwrap_or_default();
        let mut tray = self.0[own].0.lock().unwrap_or_else(PoisonError::into_inner);
        tray.push(ended);
        tray.len() >= FULL
    }

    /// Takes all calls, in the order in which they ended.
    pub(super) fn take(&self) -> Vec<Ended> {
        let mut all = Vec::new();
        for tray in &self.0 {
            all.append(&mut tray.0.lock().unwrap_or_else(PoisonError::into_inner));
        }
        all.sort_by_key(|ended| ended.end.at);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::counts::Outcome;

    fn ended(at: u64) -> Ended {
        let end = End { outcome: Outcome::Answered, status: 200, code: None, total_ms: 1, at };
        Ended { end, draft: Draft::default(), key: Box::default() }
    }

    #[test]
    fn each_thread_fills_a_tray_and_all_are_taken_in_the_order_of_their_ends() {
        let trays = Trays::default();
        std::thread::scope(|scope| {
            for thread in 0..3 {
                let trays = &trays;
                scope.spawn(move || (0..10).for_each(|at| assert!(!trays.lay(ended(at * 3 + thread)))));
            }
        });
        assert_eq!(trays.take().iter().map(|ended| ended.end.at).collect::<Vec<_>>(), (0..30).collect::<Vec<_>>());
        assert!(trays.take().is_empty());
        assert_eq!((1..=FULL).filter(|_| trays.lay(ended(1))).count(), 1);
    }
}
