//! An account's health: a pure state machine. Time and chance are handed in, and nothing is done but to say what changed.
//!
//! A single error proves little, so a state changes only after [`threshold`] of them in a row, except where the upstream
//! itself says how things stand. Every waiting state but a ban ends by itself: when its time has come one request may
//! probe the account, and what becomes of that decides.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::clock::Millis;
use super::state::{Blame, Cause, Change, Class, Outcome, State};
use super::waits::{LONGEST_WAIT, SUSPICION, kin, passes, spread, step, threshold};

/// How many requests in a row must be refused until checks that say otherwise are not believed any more.
const DISBELIEF: u32 = 4;

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
    /// When something was last held against it.
    #[serde(default)]
    blamed: Millis,
    /// How many requests in a row found its sign-in refused, whatever checks said in between.
    #[serde(default)]
    refusals: u32,
}

impl Health {
    /// A well account.
    pub const fn new(now: Millis) -> Self {
        Self {
            enabled: true,
            state: State::Ready,
            cause: None,
            strikes: 0,
            level: 0,
            since: now,
            blamed: 0,
            refusals: 0,
        }
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

    /// When something was last held against it; 0 if nothing was since it was last well.
    pub const fn blamed(&self) -> Millis {
        self.blamed
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
            Outcome::Failed(blame) => {
                self.refusals += u32::from(blame.cause.class == Class::Expired);
                self.blame(blame, now, chance);
            }
            Outcome::CheckFailed(blame) => self.blame(blame, now, chance),
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
            // Where requests are refused again and again, they know better than the check.
            _ if self.refusals >= DISBELIEF => {}
            State::Expired { .. } => self.believe(now),
            State::Ready | State::Cooling { .. } if class == Some(Class::Expired) => self.believe(now),
            _ => {}
        }
    }

    fn believe(&mut self, now: Millis) {
        let refusals = self.refusals;
        self.recover(now);
        self.refusals = refusals;
    }

    fn blame(&mut self, blame: Blame, now: Millis, chance: f64) {
        if self.is_shut() {
            return;
        }
        let class = blame.cause.class;
        self.blamed = now;
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
        // A time that the upstream names is meant as it is.
        let until = self.later(now + asked.unwrap_or_else(|| spread(step(class, self.level), chance)));
        let disbelieved = class == Class::Expired && self.refusals >= DISBELIEF;
        if self.strikes < threshold(class) && !disbelieved {
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

#[cfg(test)]
#[path = "health_tests.rs"]
mod health_tests;
