//! What several accounts' faults mean together.

use std::time::Duration;

use super::blame::ended;
use crate::chat::{Fault, FaultKind};

/// The faults of one request's attempts: the account's id and what was the matter.
#[derive(Debug, Default)]
pub struct Tried(Vec<(String, Fault)>);

/// How long to wait when an upstream's fault may pass by itself.
const PASSING: Duration = Duration::from_secs(10);

/// How many accounts one error tells of.
const MOST_NAMED: usize = 8;

impl Tried {
    /// Notes one attempt; without an account, what holds for all.
    pub fn add(&mut self, account: &str, fault: Fault) {
        self.0.push((account.to_owned(), fault));
    }

    /// Whether nothing was noted.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Who was tried, and with what result, for the log. Names kinds only: a message may quote an upstream.
    pub fn log_line(&self) -> String {
        let one = |(account, fault): &(String, Fault)| {
            let status = fault.status.map_or(String::new(), |status| format!(" upstream status {status}"));
            format!("{}{:?}{status}", prefix(account), fault.kind)
        };
        self.0.iter().map(one).collect::<Vec<_>>().join("; ")
    }

    /// The last attempt's fault alone.
    pub fn last(mut self) -> Fault {
        let last = self.0.pop();
        Self(last.into_iter().collect()).summary()
    }

    /// One fault that says what happened with each account.
    pub fn summary(mut self) -> Fault {
        if self.0.len() <= 1 {
            let Some((account, fault)) = self.0.pop() else {
                return Fault::new(FaultKind::Internal, "No account was tried.");
            };
            let named = if fault.moves_on() {
                format!("{}{}", prefix(&account), fault.message)
            } else {
                fault.message.to_string()
            };
            return Fault { message: named.into(), ..fault };
        }
        // A fault of the request ends the attempts, so it is the last one and the only one that matters.
        if let Some((_, fault)) = self.0.pop_if(|(_, fault)| !fault.moves_on()) {
            return fault;
        }
        let told = |text: &dyn Fn(&Fault) -> Option<Box<str>>| {
            let one = |(account, fault): &(String, Fault)| {
                text(fault).map(|text| ended(&format!("{}{text}", prefix(account))))
            };
            let mut all: Vec<String> = self.0.iter().filter_map(one).collect();
            if all.len() > MOST_NAMED {
                let left_out = all.len() - MOST_NAMED;
                all.truncate(MOST_NAMED);
                all.push(format!("({left_out} more)"));
            }
            all.join(" ")
        };
        let message = format!("No account could answer. {}", told(&|fault| Some(fault.message.clone())));
        let note = told(&|fault| fault.for_owner.clone());
        let mut fault = Fault::new(self.kind(), message);
        fault.status = self.0.iter().rev().find_map(|(_, fault)| fault.status);
        fault.for_owner = Some(note).filter(|note| !note.is_empty()).map(Into::into);
        fault
    }

    fn kind(&self) -> FaultKind {
        let kinds = || self.0.iter().map(|(_, fault)| fault.kind);
        let rate = |kind| match kind {
            FaultKind::Rate { retry_after } => Some(retry_after),
            _ => None,
        };
        if kinds().all(|kind| rate(kind).is_some()) {
            return FaultKind::Rate { retry_after: kinds().filter_map(rate).flatten().min() };
        }
        if kinds().all(|kind| kind == FaultKind::Quota) {
            return FaultKind::Quota;
        }
        if kinds().all(|kind| matches!(kind, FaultKind::Upstream | FaultKind::Timeout | FaultKind::Protocol)) {
            return kinds().next_back().unwrap_or(FaultKind::Upstream);
        }
        let wait = |kind| match kind {
            FaultKind::Account(_) | FaultKind::Quota => None,
            // Without a time it waits for its owner, for instance because that one switched it off.
            FaultKind::Unavailable { retry_after } => retry_after,
            kind => Some(rate(kind).flatten().unwrap_or(PASSING)),
        };
        FaultKind::Unavailable { retry_after: kinds().filter_map(wait).min() }
    }
}

fn prefix(account: &str) -> String {
    if account.is_empty() { String::new() } else { format!("{account}: ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::AccountTrouble;

    fn tried(kinds: &[FaultKind]) -> Fault {
        let mut tried = Tried::default();
        for (n, kind) in kinds.iter().enumerate() {
            tried.add(&format!("a-{n}"), Fault::new(*kind, "down").with_owner_note("mend it"));
        }
        tried.summary()
    }

    #[test]
    fn each_account_is_named_and_the_kind_says_whether_waiting_helps() {
        let expired = FaultKind::Account(AccountTrouble::Expired);
        let rate = |secs| FaultKind::Rate { retry_after: Some(Duration::from_secs(secs)) };
        let fault = tried(&[expired, FaultKind::Quota]);
        assert_eq!(fault.kind, FaultKind::Unavailable { retry_after: None });
        assert_eq!(&*fault.message, "No account could answer. a-0: down. a-1: down.");
        assert_eq!(fault.for_owner.as_deref(), Some("a-0: mend it. a-1: mend it."));
        let some = |secs| FaultKind::Unavailable { retry_after: Some(Duration::from_secs(secs)) };
        assert_eq!(tried(&[expired, rate(7)]).kind, some(7));
        assert_eq!(tried(&[expired, FaultKind::Upstream]).kind, some(10));
        assert_eq!(tried(&[some(2), some(30)]).kind, some(2));
        let off = FaultKind::Unavailable { retry_after: None };
        assert_eq!([tried(&[off, off]).kind, tried(&[off, expired]).kind], [off, off]);
        assert_eq!(tried(&[rate(9), rate(7)]).kind, rate(7));
        assert_eq!(tried(&[expired]).kind, expired);
        assert_eq!(tried(&[FaultKind::Upstream, FaultKind::Request]).kind, FaultKind::Request);
    }

    #[test]
    fn of_an_answer_that_broke_off_only_the_last_attempt_is_told() {
        let mut tried = Tried::default();
        tried.add("a-0", Fault::new(FaultKind::Quota, "used up"));
        tried.add("a-1", Fault::new(FaultKind::Upstream, "broke off"));
        let fault = tried.last();
        assert_eq!((&*fault.message, fault.kind), ("a-1: broke off", FaultKind::Upstream));
    }
}
