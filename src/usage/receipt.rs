//! What a call is counted by: begun when it was read, filed when it has ended, however that comes about.

use std::borrow::Cow;
use std::sync::Arc;

use tokio::time::Instant;

use super::draft::{Draft, End, Served};
use super::ledger::Ledger;
use super::trays::Ended;
use crate::chat::{Fault, FaultKind};
use crate::counts::Outcome;
use crate::keys::ApiKey;
use crate::openai::error;

/// The longest name of a model that is kept, in characters.
const LONGEST_NAME: usize = 200;

/// The status under which nginx, too, notes that a client left.
const LEFT: u16 = 499;

/// A call under way. Dropping it files it, once: without an end, its client has left.
#[derive(Debug)]
pub struct Receipt {
    ledger: Ledger,
    key: Option<Arc<ApiKey>>,
    began: Instant,
    /// Apart, so that a request that waits is not moved about with all of it.
    draft: Box<Draft>,
}

impl Receipt {
    pub(super) fn new(ledger: &Ledger, id: &str, key: Option<Arc<ApiKey>>) -> Self {
        // Reading a clock costs as much as counting something, so one reading serves for all.
        let began = Instant::now();
        let draft = Box::new(Draft { id: id.into(), at: ledger.time_of(began.into_std()), ..Draft::default() });
        Self { ledger: ledger.clone(), key, began, draft }
    }

    /// What is asked for, as the client wrote it.
    pub fn asked(&mut self, model: &str, stream: bool) {
        let plain = model.len() <= LONGEST_NAME && !model.contains(char::is_control);
        let shortened = || model.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
        self.draft.model = if plain { model.to_owned() } else { shortened() };
        self.draft.stream = stream;
    }

    /// There is such a model, so that it may be counted by its name.
    pub const fn exists(&mut self) {
        self.draft.known = true;
    }

    /// Output was heard at `now`; only the first time counts.
    pub fn heard(&mut self, now: Instant) {
        if self.draft.first_token_ms.is_none() {
            self.draft.first_token_ms = Some(millis(now.saturating_duration_since(self.began)));
        }
    }

    /// Who was asked for an answer, and what it came to. Of several answers each is told.
    pub fn served(&mut self, more: Served) {
        let all = &mut self.draft.served;
        if all.account.is_empty() && !more.account.is_empty() {
            (all.account, all.by) = (more.account, more.by);
        }
        all.attempts += more.attempts;
        all.spent = all.spent.beside(more.spent);
    }

    /// The answer is whole.
    pub fn answered(&mut self) {
        self.end(Outcome::Answered, 200, None);
    }

    /// It ended with this fault.
    pub fn failed(&mut self, fault: &Fault) {
        let (status, code) = error::told(fault);
        self.end(Outcome::of(fault.kind), status, code);
    }

    /// It was refused before anything was looked at, with this status and this code of ours.
    pub fn refused(mut self, outcome: Outcome, status: u16, code: &'static str) {
        self.end(outcome, status, Some(code));
    }

    /// Whatever ends it first holds.
    fn end(&mut self, outcome: Outcome, status: u16, code: Option<&'static str>) {
        if self.draft.end.is_none() {
            let now = Instant::now();
            let total_ms = millis(now.saturating_duration_since(self.began));
            let at = self.ledger.time_of(now.into_std());
            self.draft.end = Some(End { outcome, status, code: code.map(Cow::Borrowed), total_ms, at });
        }
    }
}

fn millis(passed: std::time::Duration) -> u64 {
    u64::try_from(passed.as_millis()).unwrap_or(u64::MAX)
}

impl Drop for Receipt {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // What unwinds here is a defect of ours, and no client that left.
            self.failed(&Fault::new(FaultKind::Internal, "The service has a defect."));
        }
        self.end(Outcome::Abandoned, LEFT, None);
        let key = self.key.as_deref();
        if let Some(key) = key {
            let spent = self.draft.served.spent;
            key.spend(spent.prompt.saturating_add(spent.completion));
        }
        let key = key.map(|key| key.id.as_str().into()).unwrap_or_default();
        let mut draft = std::mem::take(&mut *self.draft);
        if let Some(end) = draft.end.take() {
            self.ledger.file(Ended { end, draft, key });
        }
    }
}
