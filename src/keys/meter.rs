//! Counts what a key asks for, and says when it is enough.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use super::limits::KeyLimits;
use super::room::{Room, Rooms};
use super::window::Window;
use crate::accounts::clock::{DAY, Millis, day};

/// How far two readings of a clock lie apart at most that is right.
const ASTRAY: Millis = 60_000;

/// Why a request is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The key was taken back or paused meanwhile.
    Closed,
    /// A limit is reached.
    Limit {
        /// The limit.
        limit: u64,
        /// What is limited, as people say it.
        what: &'static str,
        /// How long it is until there is room again.
        wait: Millis,
    },
}

/// What a key was used for lately.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Used {
    /// Requests within the last minute.
    pub requests_minute: u64,
    /// Tokens within the last minute.
    pub tokens_minute: u64,
    /// Requests of today (UTC).
    pub requests_today: u64,
    /// Tokens of today (UTC).
    pub tokens_today: u64,
    /// When it was last used.
    pub last: Option<Millis>,
}

/// What is kept of a key's use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// The day, counted from 1970 in UTC.
    pub day: u64,
    /// Requests of that day.
    pub requests: u64,
    /// Tokens of that day.
    pub tokens: u64,
    /// When the key was last used.
    pub last: Millis,
}

/// One for each key, for good: a changed key goes on with the meter that it had. All workers count in the same one, and
/// to look and to count is one step under a short lock, so that no two requests get the same place.
#[derive(Debug)]
pub struct Meter {
    inner: Mutex<Inner>,
    revocation: CancellationToken,
}

#[derive(Debug)]
struct Inner {
    limits: KeyLimits,
    open: bool,
    requests: Window,
    tokens: Window,
    day: u64,
    day_requests: u64,
    day_tokens: u64,
    last: Option<Millis>,
    /// Whether something is to be kept.
    dirty: bool,
}

impl Meter {
    pub fn new(limits: KeyLimits, open: bool, kept: Option<Kept>) -> Self {
        let (day, day_requests, day_tokens) = kept.map_or((0, 0, 0), |kept| (kept.day, kept.requests, kept.tokens));
        let inner = Inner {
            limits,
            open,
            requests: Window::default(),
            tokens: Window::default(),
            day,
            day_requests,
            day_tokens,
            last: kept.map(|kept| kept.last),
            dirty: false,
        };
        Self { inner: Mutex::new(inner), revocation: CancellationToken::new() }
    }

    fn lock(&self, now: Millis) -> MutexGuard<'_, Inner> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.turn(now);
        inner
    }

    /// Changes the rules for requests to come, also of those who found the key before the change.
    pub fn set(&self, limits: KeyLimits, open: bool, now: Millis) {
        let mut inner = self.lock(now);
        (inner.limits, inner.open) = (limits, open);
    }

    /// Lets nobody in any more, and ends what is being answered.
    pub fn revoke(&self, now: Millis) {
        self.lock(now).open = false;
        self.revocation.cancel();
    }

    /// Is cancelled when the key is taken back.
    pub fn revocation(&self) -> CancellationToken {
        self.revocation.clone()
    }

    /// Notes that the key was used.
    pub fn touch(&self, now: Millis) {
        let mut inner = self.lock(now);
        inner.last = Some(inner.last.map_or(now, |last| last.max(now)));
        inner.dirty = true;
    }

    /// Lets one request in and counts it, or says why not.
    pub fn take(&self, now: Millis) -> Result<(), Refused> {
        let mut inner = self.lock(now);
        if !inner.open {
            return Err(Refused::Closed);
        }
        if let Some(over) = inner.over(now) {
            return Err(over);
        }
        inner.requests.add(now, 1);
        inner.day_requests = inner.day_requests.saturating_add(1);
        inner.dirty = true;
        Ok(())
    }

    /// Counts the tokens of a request that has ended.
    pub fn spend(&self, tokens: u64, now: Millis) {
        if tokens == 0 {
            return;
        }
        let mut inner = self.lock(now);
        inner.tokens.add(now, tokens);
        inner.day_tokens = inner.day_tokens.saturating_add(tokens);
        inner.dirty = true;
    }

    /// What is left.
    pub fn rooms(&self, now: Millis) -> Rooms {
        let inner = self.lock(now);
        let midnight = DAY - now % DAY;
        let (limits, requests, tokens) = (&inner.limits, &inner.requests, &inner.tokens);
        Rooms {
            requests: Room::tighter(
                Room::of(limits.requests_per_minute, requests.now(), requests.empty_in(now)),
                Room::of(limits.requests_per_day, inner.day_requests, midnight),
            ),
            tokens: Room::tighter(
                Room::of(limits.tokens_per_minute, tokens.now(), tokens.empty_in(now)),
                Room::of(limits.tokens_per_day, inner.day_tokens, midnight),
            ),
        }
    }

    /// What the key was used for lately.
    pub fn used(&self, now: Millis) -> Used {
        let inner = self.lock(now);
        Used {
            requests_minute: inner.requests.now(),
            tokens_minute: inner.tokens.now(),
            requests_today: inner.day_requests,
            tokens_today: inner.day_tokens,
            last: inner.last,
        }
    }

    /// What is to be kept, if something changed since this was last asked.
    pub fn changed(&self, now: Millis) -> Option<Kept> {
        let mut inner = self.lock(now);
        let kept = Kept {
            day: inner.day,
            requests: inner.day_requests,
            tokens: inner.day_tokens,
            last: inner.last.unwrap_or_default(),
        };
        std::mem::take(&mut inner.dirty).then_some(kept)
    }
}

impl Inner {
    /// Forgets what has gone by. A clock that was read before midnight, by somebody who came here after it, turns
    /// nothing back; but a day that is far ahead was counted by a clock that was wrong, and would never end.
    fn turn(&mut self, now: Millis) {
        self.requests.forget(now);
        self.tokens.forget(now);
        if day(now) > self.day || day(now + ASTRAY) < self.day {
            (self.day, self.day_requests, self.day_tokens) = (day(now), 0, 0);
        }
    }

    /// The limit that is reached; of several, the one that lasts longest.
    fn over(&self, now: Millis) -> Option<Refused> {
        let midnight = DAY - now % DAY;
        let minute = |window: &Window, limit: Option<u64>| limit.map_or(0, |limit| window.wait(now, limit));
        let today = |used: u64, limit: Option<u64>| if limit.is_some_and(|limit| used >= limit) { midnight } else { 0 };
        let limits = &self.limits;
        let all = [
            (limits.requests_per_minute, "requests a minute", minute(&self.requests, limits.requests_per_minute)),
            (limits.requests_per_day, "requests a day (UTC)", today(self.day_requests, limits.requests_per_day)),
            (limits.tokens_per_minute, "tokens a minute", minute(&self.tokens, limits.tokens_per_minute)),
            (limits.tokens_per_day, "tokens a day (UTC)", today(self.day_tokens, limits.tokens_per_day)),
        ];
        let reached = all.into_iter().filter(|(_, _, wait)| *wait > 0).max_by_key(|(_, _, wait)| *wait);
        reached.map(|(limit, what, wait)| Refused::Limit { limit: limit.unwrap_or_default(), what, wait })
    }
}
