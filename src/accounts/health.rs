//! An account's health: a pure state machine. Time and chance are handed in, and nothing is done but to say what changed.
//!
//! A single error proves little, so a state changes only after [`threshold`] of them in a row, except where the upstream
//! itself says how things stand. Every waiting state but a ban ends by itself: when its time has come one request may
//! probe the account, and what becomes of that decides.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::clock::Millis;

const SECOND: Millis = 1000;
const MINUTE: Millis = 60 * SECOND;
const HOUR: Millis = 60 * MINUTE;

/// The longest wait that an upstream may ask for.
const LONGEST_WAIT: Millis = 24 * HOUR;

/// What was the matter, as far as the account is concerned. Faults of requests are not in this list: they blame nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Used too fast.
    Rate,
    /// The allowance is used up.
    Quota,
    /// The credential is missing, wrong or expired.
    Expired,
    /// The site wants a person.
    NeedsOwner,
    /// The site has shut the account.
    Banned,
    /// The upstream is unreachable, broken or cut an answer short.
    Upstream,
    /// The upstream took too long.
    Timeout,
    /// The upstream spoke in an unknown way.
    Protocol,
}

/// Why an account is in the state that it is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// Whose fault it was, more closely.
    pub class: Class,
    /// The upstream's HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// One sentence; holds no secret.
    pub message: String,
    /// What the owner can do, if anything.
    pub remedy: Option<String>,
}

/// A fault that blames the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blame {
    /// What it was.
    pub cause: Cause,
    /// When the upstream says to try again.
    pub retry_after: Option<Duration>,
}

/// Something that tells about an account's health.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It answered a request.
    Answered,
    /// It failed a request.
    Failed(Blame),
    /// A liveness check found it signed in.
    Alive,
    /// A liveness check failed.
    CheckFailed(Blame),
    /// It has a new credential.
    Renewed,
    /// The owner switched it on, or tells that it is well again.
    Enabled,
    /// The owner switched it off.
    Disabled,
}

/// What an account may be used for, and from when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// It is used.
    Ready,
    /// It rests after faults that pass by themselves.
    Cooling {
        /// When it is tried again.
        until: Millis,
    },
    /// Its allowance is used up.
    Exhausted {
        /// When it is tried again.
        until: Millis,
    },
    /// Its credential is not accepted any more.
    Expired {
        /// When it is checked again.
        until: Millis,
    },
    /// The site wants a person.
    NeedsOwner {
        /// When it is tried again; never by itself, if the site has shut the account.
        until: Option<Millis>,
    },
    /// The owner switched it off.
    Disabled,
}

impl State {
    /// The state's name as the API and the log write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Cooling { .. } => "cooling",
            Self::Exhausted { .. } => "exhausted",
            Self::Expired { .. } => "expired",
            Self::NeedsOwner { .. } => "needs_owner",
            Self::Disabled => "disabled",
        }
    }

    /// When it is tried again; `None` if it need not wait, or waits for its owner.
    pub const fn until(self) -> Option<Millis> {
        match self {
            Self::Cooling { until } | Self::Exhausted { until } | Self::Expired { until } => Some(until),
            Self::NeedsOwner { until } => until,
            Self::Ready | Self::Disabled => None,
        }
    }
}

/// A change of state, worth an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What it was.
    pub from: State,
    /// What it is.
    pub to: State,
    /// Why, if it fell ill.
    pub cause: Option<Cause>,
}

/// One account's health.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    enabled: bool,
    state: State,
    /// Why it is not ready, or what the faults were that it is still forgiven.
    cause: Option<Cause>,
    /// Faults in a row.
    strikes: u32,
    /// How often it was tried in vain since it was last well; the waits double with it.
    level: u32,
    /// When it entered the state.
    since: Millis,
}

impl Health {
    /// A well account.
    pub const fn new(now: Millis) -> Self {
        Self { enabled: true, state: State::Ready, cause: None, strikes: 0, level: 0, since: now }
    }

    /// What it may be used for.
    pub const fn state(&self) -> State {
        if self.enabled { self.state } else { State::Disabled }
    }

    /// Why it is not ready; also the last fault while that is still forgiven.
    pub const fn cause(&self) -> Option<&Cause> {
        self.cause.as_ref()
    }

    /// When it entered its state.
    pub const fn since(&self) -> Millis {
        self.since
    }

    /// Whether faults are being counted against it.
    pub const fn is_spotless(&self) -> bool {
        matches!(self.state(), State::Ready) && self.strikes == 0
    }

    /// From when requests may use it: 0 if at once, `None` if not before its owner acts. A time other than 0 means that
    /// the first request is a probe.
    pub const fn opens(&self) -> Option<Millis> {
        match self.state() {
            State::Ready => Some(0),
            State::Disabled => None,
            waiting => waiting.until(),
        }
    }

    /// Takes in what happened at `now`; `chance`, from 0 to 1, spreads the waits. Returns what changed, if something did.
    pub fn take(&mut self, outcome: Outcome, now: Millis, chance: f64) -> Option<Change> {
        let from = self.state();
        match outcome {
            Outcome::Answered if self.is_shut() => {}
            Outcome::Answered => self.recover(now),
            Outcome::Alive => self.alive(now),
            Outcome::Renewed => self.recover(now),
            Outcome::Enabled => {
                self.enabled = true;
                self.recover(now);
            }
            Outcome::Disabled => self.enabled = false,
            Outcome::Failed(blame) | Outcome::CheckFailed(blame) => self.blame(blame, now, chance),
        }
        let to = self.state();
        if from.name() != to.name() {
            self.since = now;
        }
        let cause = if to == State::Ready { None } else { self.cause.clone() };
        (from != to).then_some(Change { from, to, cause })
    }

    /// Makes sure that no time lies further ahead than it can, whatever the clock said when the state was kept.
    #[must_use]
    pub fn restored(mut self, now: Millis) -> Self {
        let nearest = |until: &mut Millis| *until = (*until).min(now + LONGEST_WAIT);
        match &mut self.state {
            State::Cooling { until } | State::Exhausted { until } | State::Expired { until } => nearest(until),
            State::NeedsOwner { until: Some(until) } => nearest(until),
            State::NeedsOwner { until: None } | State::Ready | State::Disabled => {}
        }
        self
    }

    /// The same health, switched on or off.
    #[must_use]
    pub const fn switched(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    const fn is_shut(&self) -> bool {
        matches!(self.state, State::NeedsOwner { until: None })
    }

    fn recover(&mut self, now: Millis) {
        *self = Self { enabled: self.enabled, since: self.since, ..Self::new(now) };
    }

    /// Being signed in ends what a missing sign-in began; an allowance or a captcha is not seen by a check.
    fn alive(&mut self, now: Millis) {
        let class = self.cause.as_ref().map(|cause| cause.class);
        match self.state {
            State::Expired { .. } => self.recover(now),
            State::Ready | State::Cooling { .. } if class == Some(Class::Expired) => self.recover(now),
            // The upstream can be reached again, so the next request may find out the rest.
            State::Cooling { until } if class.is_some_and(passes) => {
                self.state = State::Cooling { until: until.min(now.max(1)) };
            }
            _ => {}
        }
    }

    fn blame(&mut self, blame: Blame, now: Millis, chance: f64) {
        if self.is_shut() {
            return;
        }
        let class = blame.cause.class;
        let waited_for = self.state.until();
        let again = self.cause.as_ref().is_some_and(|cause| kin(cause.class, class));
        let ill = matches!(self.state, State::Expired { .. } | State::Exhausted { .. } | State::NeedsOwner { .. });
        if ill && passes(class) {
            // A probe that met a broken network says nothing about the account; it is probed again a little later.
            self.put_off(now, spread(step(class, 0), chance));
            return;
        }
        self.strikes = if again { self.strikes.saturating_add(1) } else { 1 };
        self.level = if again { self.level } else { 0 };
        let is_probe = waited_for.is_some_and(|until| now >= until);
        if is_probe {
            self.level = self.level.saturating_add(1);
        }
        self.cause = Some(blame.cause);
        self.state = self.next_state(class, blame.retry_after, now, chance);
    }

    /// The state after a fault that was counted. A wait that runs already is never shortened.
    fn next_state(&self, class: Class, retry_after: Option<Duration>, now: Millis, chance: f64) -> State {
        let asked = retry_after.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT));
        let wait = asked.unwrap_or_else(|| step(class, self.level));
        let until = self.later(now + spread(wait, chance));
        if self.strikes < threshold(class) {
            return match class {
                // While it is not clear whether the account is ill, others are asked first.
                Class::Expired | Class::NeedsOwner | Class::Banned => {
                    State::Cooling { until: self.later(now + spread(SUSPICION, chance)) }
                }
                _ => self.state,
            };
        }
        match class {
            Class::Quota => State::Exhausted { until },
            Class::Expired => State::Expired { until },
            Class::NeedsOwner => State::NeedsOwner { until: Some(until) },
            Class::Banned => State::NeedsOwner { until: None },
            Class::Rate | Class::Upstream | Class::Timeout | Class::Protocol => State::Cooling { until },
        }
    }

    fn later(&self, until: Millis) -> Millis {
        self.state.until().map_or(until, |running| running.max(until))
    }

    fn put_off(&mut self, now: Millis, wait: Millis) {
        let later = self.later(now + wait);
        match &mut self.state {
            State::Cooling { until } | State::Exhausted { until } | State::Expired { until } => *until = later,
            State::NeedsOwner { until } => *until = until.map(|_| later),
            State::Ready | State::Disabled => {}
        }
    }
}

/// How long an account rests while it is not clear whether it is ill.
const SUSPICION: Millis = 15 * SECOND;

/// How many faults in a row change the state. One is enough where the upstream itself states how things are.
pub const fn threshold(class: Class) -> u32 {
    match class {
        Class::Rate | Class::Quota => 1,
        Class::Expired | Class::NeedsOwner | Class::Banned | Class::Timeout => 2,
        Class::Upstream | Class::Protocol => 3,
    }
}

/// The wait after `level` probes in vain: it doubles up to its limit.
const fn step(class: Class, level: u32) -> Millis {
    let (first, most) = match class {
        Class::Rate => (5 * SECOND, 10 * MINUTE),
        Class::Quota => (30 * MINUTE, 6 * HOUR),
        Class::Expired | Class::NeedsOwner | Class::Banned => (10 * MINUTE, 6 * HOUR),
        Class::Upstream | Class::Protocol => (2 * SECOND, MINUTE),
        Class::Timeout => (30 * SECOND, 10 * MINUTE),
    };
    let doublings = if level > 16 { 16 } else { level };
    let wait = first << doublings;
    if wait < most { wait } else { most }
}

/// Up to a fifth longer, so that accounts that fell ill together are not tried together. Never shorter: an upstream
/// that names a time means it.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a wait of at most days, in milliseconds")]
fn spread(wait: Millis, chance: f64) -> Millis {
    wait + (wait as f64 * 0.2 * chance.clamp(0.0, 1.0)) as Millis
}

/// Whether it passes by itself and says nothing about the account.
const fn passes(class: Class) -> bool {
    matches!(class, Class::Upstream | Class::Timeout | Class::Protocol)
}

/// Whether two faults in a row are two of one sort.
fn kin(one: Class, other: Class) -> bool {
    one == other || (passes(one) && passes(other))
}

#[cfg(test)]
#[path = "health_tests.rs"]
mod health_tests;
