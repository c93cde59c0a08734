//! What a chart asks for, and where the answer comes from.

use std::collections::BTreeMap;

use super::hour::text;
use super::ledger::Ledger;
use super::report::{Report, Sum};
use crate::counts::Names;
use crate::store::TallyRecord;

/// How many charts are read at the same time: one of a long time takes some megabytes, and many pages may be open.
pub(super) const MOST_CHARTS: usize = 2;

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
    fn names(&self) -> Names {
        let model = self.model.is_some() || self.by == By::Model;
        let account = self.account.is_some() || self.by == By::Account;
        let key = self.key.is_some() || self.by == By::Key;
        match (model, account, key) {
            (true, false, false) => Names::Model,
            (false, true, false) => Names::Account,
            (false, false, _) => Names::Key,
            _ => Names::All,
        }
    }
}

impl Ledger {
    /// What calls came to.
    pub async fn report(&self, query: Query) -> Report {
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        // It is never closed, so that nobody is turned away.
        let _place = self.charts().acquire().await;
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

#[cfg(test)]
mod tests {
    use std::task::{Context, Waker};

    use super::*;
    use crate::config::Secret;
    use crate::counts::{Counts, Whose, write};
    use crate::store::{Database, Store};

    fn query(by: By, model: &str, account: &str, key: &str) -> Query {
        let only = |name: &str| (!name.is_empty()).then(|| name.to_owned());
        let (model, account, key) = (only(model), only(account), only(key));
        Query { from: 0, to: 1, step: Step::Day, by, offset_min: 0, model, account, key }
    }

    #[test]
    fn no_more_is_told_apart_than_the_answer_needs() {
        for (by, [model, account, key], names) in [
            (By::None, ["", "", ""], Names::Key),
            (By::Model, ["", "", ""], Names::Model),
            (By::None, ["m", "", ""], Names::Model),
            (By::None, ["", "a", ""], Names::Account),
            (By::Account, ["", "a", ""], Names::Account),
            (By::Key, ["", "", "k"], Names::Key),
            (By::Key, ["", "a", ""], Names::All),
            (By::None, ["m", "", "k"], Names::All),
        ] {
            assert_eq!(query(by, model, account, key).names(), names, "{by:?} {model} {account} {key}");
        }
    }

    #[test]
    fn an_hour_that_two_days_share_is_on_one_that_was_asked_for() {
        const HOUR: u64 = 3_600_000;
        // China, India, Nepal, Newfoundland, and somebody at sea.
        for offset_min in [480, 330, 345, -210, 15] {
            let midnight = (480_000 * HOUR).saturating_add_signed(-offset_min * 60_000);
            let (from, to) = (midnight, midnight + 48 * HOUR);
            let mut sum = Sum::new(Query { from, to, offset_min, ..query(By::None, "", "", "") });
            for hour in 480_000 - 24..480_000 + 72 {
                let mut body = String::new();
                let counts = Counts { outcomes: [1; 8], ..Counts::default() };
                write(Whose { model: "", account: "", key: "" }, &counts, &mut body);
                sum.add(&TallyRecord { start_ms: (hour * HOUR) as i64, hours: 1, body });
            }
            let points = &sum.report().series[0].points;
            let told: Vec<_> = points.iter().map(|point| (point.at, point.requests / 8)).collect();
            assert_eq!(told, [(from, 24), (from + 24 * HOUR, 24)], "{offset_min}");
        }
    }

    #[tokio::test]
    async fn only_some_charts_are_read_at_the_same_time() {
        let key = Secret::new("0123456789abcdef".to_owned());
        let (database, ..) = Database::open(&Store::open(&["/proc/none".into()]), Some(&key), 0).await.unwrap();
        let ledger = Ledger::open(&database, &[], &[]);
        let mut charts: Vec<_> = (0..9).map(|_| Box::pin(ledger.report(query(By::None, "", "", "")))).collect();
        for chart in &mut charts {
            assert!(chart.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        }
        assert_eq!(ledger.charts().available_permits(), 0, "those that found no room wait");
        assert_eq!(futures_util::future::join_all(charts).await.len(), 9);
        assert_eq!(ledger.charts().available_permits(), MOST_CHARTS);
    }
}
