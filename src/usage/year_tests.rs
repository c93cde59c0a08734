//! A year of a busy small team: how much room it takes, and how long a chart of it does. `-- --ignored --nocapture`.

use std::time::Instant;

use super::hour::text;
use super::hours::HOUR;
use super::{By, Ledger, Query, Step};
use crate::accounts::clock::DAY;
use crate::config::Secret;
use crate::counts::Counts;
use crate::counts::Whose;
use crate::random;
use crate::store::{Database, Kept, Record, Store, TallyRecord};
use crate::usage::hour::Hour;

const DAYS: u64 = 365;
/// Of 6 models, 4 accounts and 10 keys so many combinations are active in an hour.
const ACTIVE: usize = 40;

fn number(n: u64) -> i64 {
    i64::try_from(n).unwrap()
}

/// The totals of one hour, each time of other combinations.
fn hour(start: u64) -> TallyRecord {
    let mut hour = Hour::default();
    for at in 0..ACTIVE {
        let pick = at * 6 + usize::try_from(start / HOUR).unwrap() % 6;
        let (model, account, key) = (pick % 6, pick / 6 % 4, pick / 24 % 10);
        let (model, account) = (format!("qwen3-model-{model}"), format!("qianwen-{account}"));
        let key = if key == 0 { String::new() } else { format!("key-ab12c{key}") };
        let cell = hour.cell(Whose { model: &model, account: &account, key: &key });
        let mut counts = Counts { prompt: 41_235, completion: 23_456, reasoning: 7890, ..Counts::default() };
        counts.outcomes = [57, 1, 2, 0, 1, 0, 3, 0];
        for at in 1..9 {
            (counts.first_token.0[at], counts.total.0[at + 2]) = (10, 11);
        }
        cell.counts = counts;
    }
    TallyRecord { start_ms: number(start), hours: 1, body: text(hour.cells()) }
}

#[expect(clippy::disallowed_methods, reason = "the test waits for the task")]
async fn open(store: &Store, today: u64) -> (Database, tokio::task::JoinHandle<()>) {
    let key = Secret::new("0123456789abcdef".to_owned());
    let (database, writer, _) = Database::open(store, Some(&key), number(today)).await.unwrap();
    (database, tokio::spawn(writer.run()))
}

async fn close((database, task): (Database, tokio::task::JoinHandle<()>)) {
    database.close();
    task.await.unwrap();
}

#[tokio::test]
#[ignore = "it takes some seconds"]
async fn a_year_takes_little_room_and_its_charts_little_time() {
    let path = std::env::temp_dir().join(format!("qianqiao-year-{}", random::hex(8)));
    let store = Store::open(&[path.clone()]);
    let now = Ledger::open(&open(&store, 0).await.0, &[], &[]).now_ms();
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    let today = now / DAY;
    let began = Instant::now();
    // Each month is begun anew, as a service that is restarted does, and rolls up what has become old.
    for month in (0..=DAYS).step_by(30) {
        let first = today - DAYS + month;
        let opened = open(&store, first).await;
        for day in first..(first + 30).min(today) {
            let hours = (8..22).map(|at| Record::Tally(hour(day * DAY + at * HOUR)));
            assert_eq!(opened.0.commit(hours.collect()).await, Kept::Disk);
        }
        close(opened).await;
    }
    let opened = open(&store, today).await;
    let bytes = opened.0.status().bytes;
    println!("written and rolled up in {:?}: {bytes} bytes", began.elapsed());
    let ledger = Ledger::open(&opened.0, &[], &[]);
    for (days, step, by, account) in [
        (DAYS, Step::Day, By::None, None),
        (DAYS, Step::Day, By::Model, None),
        (DAYS, Step::Day, By::Key, None),
        (DAYS, Step::Day, By::Key, Some("qianwen-1")),
        (35, Step::Hour, By::Key, None),
        (1, Step::Hour, By::Account, None),
    ] {
        let (from, to) = ((today - days) * DAY, today * DAY);
        let query =
            Query { from, to, step, by, offset_min: 480, model: None, account: account.map(str::to_owned), key: None };
        let began = Instant::now();
        let report = ledger.report(query).await;
        println!("{days} days by {step:?} and {by:?}, account {account:?}: {:?}", began.elapsed());
        let requests: u64 = report.totals.iter().map(|total| total.requests).sum();
        let all = days * 14 * 40 * 64;
        assert!(
            if account.is_some() { requests * 4 == all } else { requests == all },
            "nothing is lost by the roll-up"
        );
        assert!(report.series.iter().all(|series| series.points.is_sorted_by_key(|point| point.at)));
    }
    close(opened).await;
    assert!(bytes < 50 << 20, "{bytes} bytes");
    std::fs::remove_dir_all(path).unwrap();
}
