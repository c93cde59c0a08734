//! What a chart asks for, and where the answer comes from.

use std::collections::BTreeMap;

use super::hour::text;
use super::ledger::Ledger;
use super::report::{Report, Sum};
use crate::counts::Names;
use crate::store::TallyRecord;

/// What each point stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// An hour; what is so old that only days are known of it, a day.
    Hour,
    /// A day.
    Day,
}

/// What is told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Nothing.
    None,
    /// Models.
    Model,
    /// Accounts.
    Account,
    /// Keys.
    Key,
}

/// What a chart asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// From when on, in milliseconds since 1970.
    pub from: u64,
    /// Until when; that moment itself is not in it.
    pub to: u64,
    /// What each point stands for.
    pub step: Step,
    /// What is told apart.
    pub by: By,
    /// Where days begin, in minutes east of UTC.
    pub offset_min: i64,
    /// Only this model.
    pub model: Option<String>,
    /// Only this account.
    pub account: Option<String>,
    /// Only this key.
    pub key: Option<String>,
}

impl Query {
    /// The names that must be told apart to answer it.
    const fn names(&self) -> Names {
        if self.model.is_some() || self.account.is_some() || self.key.is_some() {
            return Names::All;
        }
        match self.by {
            By::Model => Names::Model,
            By::Account => Names::Account,
            By::Key | By::None => Names::Key,
        }
    }
}

impl Ledger {
    /// What calls came to.
    pub async fn report(&self, query: Query) -> Report {
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let read = self.database().tallies(number(query.from), number(query.to), query.names()).await;
        let kept = read.unwrap_or_else(|why| {
            log::warn!("the statistics cannot be read ({why}); what is in memory is shown");
            Vec::new()
        });
        let held = self.books().hours.since(query.from - query.from % super::hours::HOUR);
        let empty = Sum::new(query.clone()).report();
        // A chart of a year takes some milliseconds of thinking, which no stream should wait for.
        let summed = tokio::task::spawn_blocking(move || {
            let held = held.into_iter().map(|(start, cells)| TallyRecord {
                start_ms: number(start),
                hours: 1,
                body: text(&cells),
            });
            // What memory holds of an hour is newer than what the disk does.
            let all: BTreeMap<_, _> =
                kept.into_iter().chain(held).map(|one| ((one.start_ms, one.hours), one)).collect();
            let mut sum = Sum::new(query);
            all.values().for_each(|one| sum.add(one));
            sum.report()
        });
        summed.await.unwrap_or(empty)
    }
}
