//! What happened within the last minute.

use std::collections::VecDeque;

use crate::accounts::clock::Millis;

/// How far back the window reaches.
pub const SPAN: Millis = 60_000;

/// What came within one second. It counts until the last of it is [`SPAN`] old, so that nothing is forgotten too early;
/// what came at the second's beginning is forgotten up to a second late.
#[derive(Debug)]
struct Second {
    number: u64,
    last: Millis,
    amount: u64,
}

/// A sliding window over the last minute, which holds one number for each second in which something came.
#[derive(Debug, Default)]
pub struct Window {
    seconds: VecDeque<Second>,
    total: u64,
}

impl Window {
    /// Forgets what is too old at `now`.
    pub fn forget(&mut self, now: Millis) {
        while let Some(oldest) = self.seconds.front()
            && oldest.last + SPAN <= now
        {
            self.total = self.total.saturating_sub(oldest.amount);
            self.seconds.pop_front();
        }
    }

    /// What is in the window since it was last told to forget.
    pub const fn now(&self) -> u64 {
        self.total
    }

    /// Adds what came at `now`.
    pub fn add(&mut self, now: Millis, amount: u64) {
        let number = now / 1000;
        // Two threads may read the clock in one order and come here in the other.
        match self.seconds.back_mut().filter(|newest| newest.number >= number) {
            Some(newest) => {
                newest.amount = newest.amount.saturating_add(amount);
                newest.last = newest.last.max(now);
            }
            None => self.seconds.push_back(Second { number, last: now, amount }),
        }
        self.total = self.total.saturating_add(amount);
    }

    /// How long it is from `now` until what is in the window is less than `limit`.
    pub fn wait(&self, now: Millis, limit: u64) -> Millis {
        let mut left = self.total;
        let mut until = now;
        for second in &self.seconds {
            if left < limit {
                break;
            }
            left = left.saturating_sub(second.amount);
            until = second.last + SPAN;
        }
        until.saturating_sub(now)
    }

    /// How long it is from `now` until the window is empty.
    pub fn empty_in(&self, now: Millis) -> Millis {
        self.seconds.back().map_or(0, |newest| (newest.last + SPAN).saturating_sub(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: Millis = 1_000_000;

    impl Window {
        fn total(&mut self, now: Millis) -> u64 {
            self.forget(now);
            self.now()
        }
    }

    #[test]
    fn nothing_is_forgotten_before_it_is_a_minute_old() {
        let mut window = Window::default();
        window.add(T, 1);
        window.add(T + 900, 1);
        window.add(T + 30_500, 5);
        assert_eq!(window.total(T + 60_000), 7, "what came first is kept as long as what came with it");
        assert_eq!(window.total(T + 60_899), 7);
        assert_eq!(window.total(T + 60_900), 5);
        assert_eq!(window.total(T + 90_500), 0);
    }

    #[test]
    fn the_wait_ends_when_enough_is_forgotten_and_is_never_longer_than_a_minute() {
        let mut window = Window::default();
        (0..3).for_each(|second| window.add(T + second * 1000, 1));
        let now = T + 2500;
        assert_eq!(window.wait(now, 4), 0);
        assert_eq!(window.wait(now, 3), 57_500);
        assert_eq!(window.wait(now, 1), 59_500);
        assert_eq!((window.empty_in(now), Window::default().empty_in(now)), (59_500, 0));
    }

    #[test]
    fn a_clock_that_was_read_earlier_counts_as_the_newest_second() {
        let mut window = Window::default();
        window.add(T + 1000, 1);
        window.add(T + 999, 1);
        assert_eq!((window.seconds.len(), window.total(T + 60_999), window.total(T + 61_000)), (1, 2, 0));
    }

    #[test]
    fn sums_do_not_run_over() {
        let mut window = Window::default();
        window.add(T, u64::MAX);
        window.add(T + 1000, 2);
        assert_eq!((window.total(T + 1000), window.total(T + SPAN), window.total(T + 61_000)), (u64::MAX, 0, 0));
    }
}
