//! The time that accounts live by.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970.
pub type Millis = u64;

/// One day.
pub const DAY: Millis = 86_400_000;

/// How far the wall clock may be ahead before it is believed: a laptop that slept.
const ASLEEP: Millis = 60_000;

/// A clock that knows the date and never goes back: a wall clock that is set back must not strand an account.
#[derive(Debug)]
pub struct Clock {
    start: Instant,
    /// What is added to the time since the start.
    offset: AtomicU64,
}

impl Clock {
    /// A clock that starts with the machine's time.
    pub fn new() -> Self {
        Self { start: Instant::now(), offset: AtomicU64::new(wall()) }
    }

    /// The time now.
    pub fn now(&self) -> Millis {
        self.at(Instant::now())
    }

    /// The time at `moment`, which is not before the clock's own start.
    pub fn at(&self, moment: Instant) -> Millis {
        let passed = moment.saturating_duration_since(self.start).as_millis();
        let passed = u64::try_from(passed).unwrap_or(Millis::MAX);
        self.offset.load(Ordering::Relaxed).saturating_add(passed)
    }

    /// Follows the wall clock where that is far ahead; to be called now and then.
    pub fn follow(&self) {
        let (now, wall) = (self.now(), wall());
        if wall > now.saturating_add(ASLEEP) {
            self.offset.fetch_add(wall - now, Ordering::Relaxed);
        }
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

/// The number of the day of `now`, counted from 1970 in UTC.
pub const fn day(now: Millis) -> u64 {
    now / DAY
}

fn wall() -> Millis {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |passed| u64::try_from(passed.as_millis()).unwrap_or(0))
}
