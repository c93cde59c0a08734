//! What is written behind.

use super::hour::text;
use super::ledger::Ledger;
use crate::store::{CallRecord, Record, TallyRecord};

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
        for call in calls {
            let body = serde_json::to_string(&*call).unwrap_or_default();
            self.database().put(Record::Call(CallRecord { seq: number(call.seq), body }));
        }
    }
}
