//! The times by which something must have happened to an answer.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::chat::{Fault, FaultKind};
use crate::config::Limits;

/// How long an answer that is already whole is waited on for what may follow (usage).
pub const CLOSING_PATIENCE: Duration = Duration::from_secs(2);

/// One answer's clock: a single timer for all its deadlines, moved only when one comes nearer.
pub struct Clock {
    timer: Pin<Box<Sleep>>,
    first_token: Duration,
    idle: Duration,
    total: Instant,
    patience: Instant,
    waiting_for_output: bool,
    closing: bool,
}

impl Clock {
    /// For an answer that is asked for at `now`.
    pub fn new(now: Instant, limits: &Limits) -> Self {
        let total = now + limits.total;
        Self {
            timer: Box::pin(sleep_until(total)),
            first_token: limits.first_token,
            idle: limits.idle,
            total,
            patience: total,
            waiting_for_output: true,
            closing: false,
        }
    }

    /// Another upstream is asked.
    pub fn attempt(&mut self, now: Instant) {
        self.waiting_for_output = true;
        self.closing = false;
        self.patience = now + self.first_token;
    }

    /// Nobody is asked before an account is free; that wait has its own limit.
    pub fn wait(&mut self) {
        self.patience = self.total;
    }

    /// The upstream said something; `output` says whether it was a part of the answer.
    pub fn heard(&mut self, now: Instant, output: bool) {
        self.waiting_for_output &= !output;
        if !self.waiting_for_output && !self.closing {
            self.patience = now + self.idle;
        }
    }

    /// The answer is whole; only small things may follow.
    pub fn closing(&mut self, now: Instant) {
        if !std::mem::replace(&mut self.closing, true) {
            self.patience = now + CLOSING_PATIENCE;
        }
    }

    /// More of the answer came although it seemed whole.
    pub fn reopen(&mut self, now: Instant) {
        if std::mem::take(&mut self.closing) {
            self.patience = now + self.idle;
        }
    }

    /// Whether the whole answer has had its time. An upstream that never pauses leaves the timer no turn.
    pub fn is_over(&self, now: Instant) -> bool {
        now >= self.total && !self.closing
    }

    /// Whether only small things may follow.
    pub const fn is_closing(&self) -> bool {
        self.closing
    }

    /// Ready when a deadline, or the time `due` of a stage, has come.
    pub fn poll(&mut self, due: Option<Instant>, cx: &mut Context<'_>) -> Poll<()> {
        let next = due.map_or(self.patience, |due| due.min(self.patience)).min(self.total);
        if next < self.timer.deadline() {
            self.timer.as_mut().reset(next);
        }
        while self.timer.poll_unpin(cx).is_ready() {
            if next <= self.timer.deadline() || next <= Instant::now() {
                // Polled again only after it was moved, since a finished timer stays finished.
                self.timer.as_mut().reset(self.total);
                return Poll::Ready(());
            }
            self.timer.as_mut().reset(next);
        }
        Poll::Pending
    }

    /// The deadline that has passed at `now`, as a fault; for the whole answer, or only for this upstream.
    pub fn verdict(&self, now: Instant) -> Option<(Fault, Scope)> {
        let late = |what: String| Fault::new(FaultKind::Timeout, what);
        if now >= self.total {
            return Some((late("The answer took longer than TOTAL_TIMEOUT_S allows.".to_owned()), Scope::Answer));
        }
        (now >= self.patience).then(|| {
            let what = if self.waiting_for_output {
                format!("The upstream gave no answer within {} s (FIRST_TOKEN_TIMEOUT_S).", self.first_token.as_secs())
            } else {
                format!(
                    "The upstream fell silent for {} s in the middle of its answer (IDLE_TIMEOUT_S).",
                    self.idle.as_secs()
                )
            };
            (late(what), Scope::Attempt)
        })
    }
}

/// What a deadline ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The whole answer.
    Answer,
    /// This upstream's attempt.
    Attempt,
}
