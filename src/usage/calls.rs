//! The newest calls.

use std::collections::VecDeque;
use std::sync::Arc;

use super::call::Call;
use crate::counts::Outcome;

/// How many calls are held, and kept.
pub(super) const MOST: usize = 2000;

/// How many of those that ended since the last time are kept at most.
const MOST_AT_ONCE: usize = 1000;

/// Which calls are wanted; an empty text is a name like any other.
#[derive(Debug, Clone, Copy, Default)]
pub struct CallFilter<'a> {
    /// How many at most.
    pub limit: usize,
    /// Only older ones than this.
    pub before: Option<u64>,
    /// The key that called.
    pub key: Option<&'a str>,
    /// The model as it was asked for; empty for those that nobody has.
    pub model: Option<&'a str>,
    /// The account that was asked last.
    pub account: Option<&'a str>,
    /// How they ended.
    pub outcome: Option<Outcome>,
}

impl CallFilter<'_> {
    fn fits(&self, call: &Call) -> bool {
        self.before.is_none_or(|before| call.seq < before)
            && self.key.is_none_or(|key| *call.key == *key)
            && self.model.is_none_or(|model| *call.model == *model || model.is_empty() && call.asks_for_no_model())
            && self.account.is_none_or(|account| call.account.as_deref().unwrap_or_default() == account)
            && self.outcome.is_none_or(|outcome| call.outcome == outcome)
    }
}

/// Some of the calls, newest first.
#[derive(Debug)]
pub struct CallPage {
    /// The calls.
    pub calls: Vec<Arc<Call>>,
    /// What to ask for as `before` to get the next ones, if there are more.
    pub next: Option<u64>,
}

/// The newest calls, oldest first.
#[derive(Debug, Default)]
pub(super) struct Calls {
    calls: VecDeque<Arc<Call>>,
    last: u64,
    /// How many of the newest were not handed to the disk yet.
    new: usize,
}

impl Calls {
    /// Takes over what was kept, oldest first. `last` is the number of the newest, also if that cannot be read any more.
    pub(super) fn restore(&mut self, last: u64, kept: impl IntoIterator<Item = Call>) {
        self.last = last;
        for call in kept {
            self.last = self.last.max(call.seq);
            self.append(Arc::new(call));
        }
    }

    /// The number of the next call.
    pub(super) const fn next_seq(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    pub(super) fn push(&mut self, call: Arc<Call>) {
        self.append(call);
        self.new = (self.new + 1).min(MOST_AT_ONCE);
    }

    fn append(&mut self, call: Arc<Call>) {
        if self.calls.len() == MOST {
            self.calls.pop_front();
        }
        self.calls.push_back(call);
    }

    /// Those that ended since this was last asked, oldest first; of very many only the newest.
    pub(super) fn take_new(&mut self) -> Vec<Arc<Call>> {
        let new = std::mem::take(&mut self.new);
        self.calls.range(self.calls.len() - new..).cloned().collect()
    }

    pub(super) fn page(&self, filter: &CallFilter<'_>) -> CallPage {
        let mut fitting = self.calls.iter().rev().filter(|call| filter.fits(call));
        let calls: Vec<_> = fitting.by_ref().take(filter.limit).cloned().collect();
        let next = fitting.next().and_then(|_| calls.last().map(|call| call.seq));
        CallPage { calls, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::Name;

    pub(super) fn call(seq: u64, outcome: Outcome) -> Call {
        let account = seq.is_multiple_of(2).then(|| Name::new("a-1"));
        Call {
            seq,
            id: format!("req_{seq}").into(),
            at: seq,
            key: Name::default(),
            model: Name::new("m"),
            served: None,
            account,
            attempts: 1,
            stream: false,
            status: 200,
            outcome,
            code: None,
            prompt_tokens: 1,
            completion_tokens: 2,
            reasoning_tokens: 0,
            counted: true,
            first_token_ms: None,
            total_ms: 5,
        }
    }

    fn calls(count: u64) -> Calls {
        let mut calls = Calls::default();
        for _ in 0..count {
            let seq = calls.next_seq();
            let outcome = if seq.is_multiple_of(3) { Outcome::Timeout } else { Outcome::Answered };
            calls.push(Arc::new(call(seq, outcome)));
        }
        calls
    }

    fn seqs(page: &CallPage) -> Vec<u64> {
        page.calls.iter().map(|call| call.seq).collect()
    }

    #[test]
    fn the_newest_come_first_and_the_rest_page_by_page() {
        let calls = calls(10);
        let filter = CallFilter { limit: 2, outcome: Some(Outcome::Timeout), ..CallFilter::default() };
        let first = calls.page(&filter);
        assert_eq!((seqs(&first), first.next), (vec![9, 6], Some(6)));
        let second = calls.page(&CallFilter { before: first.next, ..filter });
        assert_eq!((seqs(&second), second.next), (vec![3], None));
        let none = CallFilter { limit: 9, account: Some(""), key: Some(""), model: Some("m"), ..CallFilter::default() };
        assert_eq!(seqs(&calls.page(&none)), [9, 7, 5, 3, 1]);
        assert!(calls.page(&CallFilter { key: Some("key-1"), limit: 9, ..CallFilter::default() }).calls.is_empty());
    }

    #[test]
    fn only_the_newest_are_held_and_each_is_handed_on_once() {
        let mut calls = calls(2500);
        let new = calls.take_new();
        assert_eq!((new.len(), new[0].seq, calls.take_new().len()), (1000, 1501, 0));
        assert_eq!((calls.calls.len(), calls.calls[0].seq), (2000, 501));
        let mut later = Calls::default();
        later.restore(0, new.iter().map(|call| (**call).clone()));
        assert_eq!((later.next_seq(), later.take_new().len()), (2501, 0));
    }

    #[test]
    fn what_is_kept_of_a_call_is_read_again() {
        let code = Some("upstream_timeout".into());
        let one = Call { code, served: Some("a/b".into()), ..call(8, Outcome::Timeout) };
        let text = serde_json::to_string(&one).unwrap();
        assert_eq!(serde_json::from_str::<Call>(&text).unwrap(), one);
        assert!(text.contains(r#""outcome":"timeout""#) && text.contains(r#""first_token_ms":null"#), "{text}");
    }
}
