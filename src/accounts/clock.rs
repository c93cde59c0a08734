//! The time that accounts live by.

use std::sync::Mutex;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970.
pub type Millis = u64;

/// One day.
pub const DAY: Millis = 86_400_000;

/// How far the wall clock may be ahead before it is believed: a laptop that slept.
const ASLEEP: Millis = 60_000;

/// A clock that knows the date and never goes back: a wall clock that is set back must not strand an account.
#[derive(Debug)]
pub struct Clock(Mutex<Anchor>);

#[derive(Debug, Clone, Copy)]
struct Anchor {
    wall: Millis,
    at: Instant,
}

impl Clock {
    /// A clock that starts with the machine's time.
    pub fn new() -> Self {
        Self(Mutex::new(Anchor { wall: wall(), at: Instant::now() }))
    }

    /// The time now.
    pub fn now(&self) -> Millis {
        let mut anchor = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let passed = u64::try_from(anchor.at.elapsed().as_millis()).unwrap_or(Millis::MAX);
        let (now, wall) = (anchor.wall.saturating_add(passed), wall());
        if wall > now.saturating_add(ASLEEP) {
            *anchor = Anchor { wall, at: Instant::now() };
            return wall;
        }
        now
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
