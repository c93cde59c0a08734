//! One account's place in the pool: everything that a pick looks at, close together.

use std::sync::Arc;

use super::strategy::Strategy;
use crate::accounts::clock::{DAY, Millis, day};
use crate::accounts::{Account, Health, Limits};

/// How long the count of `requests_per_minute` runs from its first request.
const MINUTE: Millis = 60_000;

/// How much the newest answer weighs in an average.
const NEWEST: f32 = 0.25;

/// After how long what was measured is forgotten, so that one bad hour does not keep an account idle.
const MEMORY: Millis = 5 * MINUTE;

/// A place; `serial` 0 means that nobody has it.
#[derive(Debug)]
pub struct Slot {
    pub serial: u64,
    pub group: u16,
    pub number: Option<u32>,
    /// 0 if it is ready, the time of the next probe if it waits, `Millis::MAX` if only its owner can free it.
    opens: Millis,
    probing: bool,
    pub in_flight: u32,
    limits: Limits,
    /// Whether it has a limit by time.
    rationed: bool,
    minute_from: Millis,
    minute_count: u32,
    pub day: u64,
    pub day_requests: u64,
    pub day_tokens: u64,
    faults: f32,
    first_token: f32,
    measured: Millis,
    pub last_used: u64,
    pub served: f64,
    pub cold: Box<Cold>,
}

/// What a pick does not look at.
#[derive(Debug)]
pub struct Cold {
    pub account: Arc<Account>,
    pub health: Health,
    /// Whether the day's use changed since it was last kept.
    pub dirty: bool,
    /// When the keeper looks next; whether it is looking now.
    pub check_at: Millis,
    pub checking: bool,
    pub last_check: Option<(Millis, bool)>,
    pub last_answer: Option<Millis>,
    pub answers: u64,
    pub failures: u64,
}

/// Whether a place can be had now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    Open,
    /// For one request, whose end decides.
    Probe,
    /// All its leases are out, or a limit is reached; opens by itself at this time, if the time is known.
    Full(Option<Millis>),
    /// It waits; until this time, if not for its owner.
    Shut(Option<Millis>),
}

impl Slot {
    pub fn new(serial: u64, group: u16, account: Arc<Account>, health: Health, limits: Limits) -> Self {
        let mut slot = Self {
            serial,
            group,
            number: account.number,
            opens: 0,
            probing: false,
            in_flight: 0,
            limits: Limits::default(),
            rationed: false,
            minute_from: 0,
            minute_count: 0,
            day: 0,
            day_requests: 0,
            day_tokens: 0,
            faults: 0.0,
            first_token: 0.0,
            measured: 0,
            last_used: 0,
            served: 0.0,
            cold: Box::new(Cold {
                account,
                health,
                dirty: false,
                check_at: 0,
                checking: false,
                last_check: None,
                last_answer: None,
                answers: 0,
                failures: 0,
            }),
        };
        slot.limit(limits);
        slot.settle();
        slot
    }

    /// Takes over what the health says.
    pub fn settle(&mut self) {
        self.opens = self.cold.health.opens().unwrap_or(Millis::MAX);
        if self.opens == 0 {
            self.probing = false;
        }
    }

    pub const fn limit(&mut self, limits: Limits) {
        self.rationed = limits.requests_per_minute.is_some()
            || limits.requests_per_day.is_some()
            || limits.tokens_per_day.is_some();
        self.limits = limits;
    }

    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    pub fn gate(&mut self, now: Millis, today: u64) -> Gate {
        if self.opens > now {
            return Gate::Shut((self.opens != Millis::MAX).then_some(self.opens));
        }
        if self.limits.concurrent.is_some_and(|most| self.in_flight >= most.get()) {
            return Gate::Full(None);
        }
        if self.rationed
            && let Some(opens) = self.used_up_until(now, today)
        {
            return Gate::Full(Some(opens));
        }
        match (self.opens, self.probing) {
            (0, _) => Gate::Open,
            (_, false) => Gate::Probe,
            (_, true) => Gate::Full(None),
        }
    }

    /// When the limits of the minute and of the day allow another request, if they do not now.
    fn used_up_until(&mut self, now: Millis, today: u64) -> Option<Millis> {
        self.turn_day(today);
        let over = |used: u64, most: Option<std::num::NonZeroU64>| most.is_some_and(|most| used >= most.get());
        if over(self.day_requests, self.limits.requests_per_day) || over(self.day_tokens, self.limits.tokens_per_day) {
            return Some((self.day + 1) * DAY);
        }
        let most = self.limits.requests_per_minute?;
        let ends = self.minute_from + MINUTE;
        (now < ends && self.minute_count >= most.get()).then_some(ends)
    }

    pub fn turn_day(&mut self, today: u64) {
        if self.day != today {
            (self.day, self.day_requests, self.day_tokens) = (today, 0, 0);
        }
    }

    /// The smaller, the sooner it is picked.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a few thousand requests at the same time, and waits of minutes"
    )]
    pub fn rank(&self, strategy: Strategy, at: usize, now: Millis) -> f64 {
        match strategy {
            Strategy::FillFirst => at as f64,
            Strategy::RoundRobin => self.served,
            Strategy::LeastBusy => {
                let fresh = now < self.measured + MEMORY;
                let (faults, wait) = if fresh { (self.faults, self.first_token) } else { (0.0, 0.0) };
                // Steps of half a second: smaller differences are noise, and equals take turns.
                let slow = f32::from((wait / 500.0) as u16) * 0.25;
                let busy = (self.in_flight as f32 + 1.0) * (1.0 + slow + 4.0 * faults);
                f64::from(busy) / f64::from(self.weight())
            }
        }
    }

    pub fn weight(&self) -> u32 {
        self.limits.weight.map_or(1, std::num::NonZeroU32::get)
    }

    /// Takes the place for one request; says whether that is a probe.
    pub fn reserve(&mut self, now: Millis, turn: u64) -> bool {
        let probe = self.opens != 0;
        self.probing |= probe;
        self.in_flight += 1;
        if now >= self.minute_from + MINUTE {
            (self.minute_from, self.minute_count) = (now, 0);
        }
        self.minute_count += 1;
        self.turn_day(day(now));
        self.day_requests += 1;
        self.cold.dirty = true;
        self.last_used = turn;
        self.served += 1.0 / f64::from(self.weight());
        probe
    }

    pub fn release(&mut self, probe: bool) {
        self.in_flight = self.in_flight.saturating_sub(1);
        if probe {
            self.probing = false;
        }
    }

    pub fn measure(&mut self, failed: bool, first_token: Option<f32>, now: Millis) {
        if now >= self.measured + MEMORY {
            (self.faults, self.first_token) = (0.0, first_token.unwrap_or_default());
        }
        self.measured = now;
        let newest = if failed { 1.0 } else { 0.0 };
        self.faults += (newest - self.faults) * NEWEST;
        if let Some(wait) = first_token {
            self.first_token += (wait - self.first_token) * NEWEST;
        }
    }
}
