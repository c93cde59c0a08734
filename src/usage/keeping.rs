//! What is written behind.

use std::sync::Arc;

use super::call::Call;
use super::hour::text;
use super::ledger::Ledger;
use crate::store::{CallsRecord, Record, TallyRecord};

impl Ledger {
    /// Hands what changed to the disk: the totals of the present hour, and the calls that ended. To be called several
    /// times a second, so that a crash loses less than one.
    pub fn keep(&self) {
        self.follow_clock();
        let now = self.time();
        let on_disk = self.database().status().on_disk;
        let (hours, calls) = {
            let mut books = self.books();
            if on_disk {
                books.hours.settle(now);
            }
            (books.hours.take_changed(now), books.calls.take_new())
        };
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        for (start, cells) in hours {
            let tally = TallyRecord { start_ms: number(start), hours: 1, body: text(&cells) };
            self.database().put(Record::Tally(tally));
        }
        if let Some(last) = calls.last() {
            let seq = number(last.seq);
            self.database().put(Record::Calls(CallsRecord { seq, count: calls.len(), lines: lines(&calls) }));
        }
    }
}

/// Calls as they are kept: JSON, a line each.
pub(super) fn lines(calls: &[Arc<Call>]) -> String {
    /// About the length of a line.
    const LINE: usize = 400;
    let mut lines = Vec::with_capacity(calls.len() * LINE);
    for call in calls {
        // Memory always takes it.
        let _ = serde_json::to_writer(&mut lines, &**call);
        lines.push(b'\n');
    }
    String::from_utf8(lines).unwrap_or_default()
}
