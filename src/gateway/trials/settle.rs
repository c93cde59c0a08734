//! How attempts end, and the request with them: what the pool learns, and what is counted.

use std::sync::Arc;

use super::Trials;
use crate::accounts::Outcome;
use crate::chat::{Decoded, Fault, Usage};
use crate::metrics::Attempt as CameTo;
use crate::stages::Correction;
use crate::stages::emulation;

impl Trials {
    /// The answer is whole, but not what was asked for: the model is asked once more, by the same account if it is free.
    pub fn again(&mut self, correction: Correction) {
        self.settle(Some(Outcome::Answered), CameTo::Answered);
        self.serials.pop();
        // It is the same request still, so it is no failover. And it may be that nobody is free to be asked again.
        self.again = true;
        self.instead.keep(correction.instead.clone());
        self.request = Arc::new(emulation::corrected(&self.request, correction));
    }

    /// The answer is whole.
    pub fn answered(&mut self) {
        self.settle(Some(Outcome::Answered), CameTo::Answered);
        self.line.answered();
        if !self.tried.is_empty() {
            log::info!("{} answered at attempt {}, after {}", self.id(), self.attempts, self.tried.log_line());
        }
    }

    /// The tokens were counted here, because the upstream did not.
    pub const fn counted(&mut self, usage: Usage) {
        self.hearing.counted = Some(usage);
    }

    /// What is told instead of an answer that was asked for once more and did not come.
    pub fn instead(&mut self, output: bool) -> Option<[Decoded; 3]> {
        let told = self.instead.tell(output, &self.request);
        if told.is_some() {
            self.line.answered();
        }
        told
    }

    /// What the client is told at the end of all attempts; `output` says whether a part of the answer has reached it.
    pub fn verdict(&mut self, output: bool) -> Fault {
        let tried = std::mem::take(&mut self.tried);
        if !tried.is_empty() {
            log::warn!("an answer failed after {} attempts: {}", self.attempts, tried.log_line());
        }
        let fault = match self.refusal.take() {
            Some(refusal) if tried.is_empty() => refusal,
            // One did answer, and broke off: what became of the others before it explains nothing.
            _ if output => tried.last(),
            _ => tried.summary(),
        };
        self.line.failed(&fault);
        fault
    }

    /// Gives the account back.
    pub(super) fn settle(&mut self, outcome: Option<Outcome>, came_to: CameTo) {
        let Some(mut lease) = self.lease.take() else { return };
        self.legs[self.leg].member.outcomes.attempt(came_to);
        let spent = self.hearing.spent(self.asked(), came_to == CameTo::Answered);
        self.line.spend(spent);
        let tokens = spent.prompt.saturating_add(spent.completion);
        let end = lease.end();
        (end.outcome, end.first_token, end.tokens) = (outcome, self.hearing.first_token, tokens);
    }
}

/// A request that is broken off has used what was said until then.
impl Drop for Trials {
    fn drop(&mut self) {
        self.settle(None, CameTo::Abandoned);
        let account = self.account.take();
        self.line.close(account.as_deref().map_or("", |account| &account.id), self.attempts);
    }
}
