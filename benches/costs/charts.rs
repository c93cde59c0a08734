//! How long a chart of a busy small team's year takes: the median and the fastest try, in milliseconds. The last line is
//! the year's size in megabytes. It fails if a call is lost on the way.

use std::path::PathBuf;
use std::time::Instant;

use qianqiao::accounts::clock::{Clock, DAY};
use qianqiao::config::Secret;
use qianqiao::counts::{self, Counts, Whose};
use qianqiao::store::{Database, Kept, Record, Store, TallyRecord};
use qianqiao::usage::{By, Ledger, Query, Step};
use tokio::task::JoinHandle;

use crate::{Lines, Outcome};

const HOUR: u64 = 3_600_000;
const DAYS: u64 = 365;
/// In how many hours of a day somebody works.
const HOURS: u64 = 14;
/// Of 6 models, 4 accounts and 10 keys so many combinations are active in an hour, each time others.
const ACTIVE: usize = 40;
/// How many calls each of them makes in it.
const CALLS: u64 = 64;
/// How often each chart is read.
const TRIES: usize = 9;

/// The charts that read the most: days, step, what is told apart, and the account if it is only one.
const CHARTS: [(u64, Step, By, Option<&str>); 6] = [
    (DAYS, Step::Day, By::None, None),
    (DAYS, Step::Day, By::Model, None),
    (DAYS, Step::Day, By::Key, None),
    (DAYS, Step::Day, By::Key, Some("qianwen-1")),
    (35, Step::Hour, By::Key, None),
    (1, Step::Hour, By::Account, None),
];

pub fn measure(lines: &mut Lines) -> Outcome {
    let folder = Folder::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(read_charts(lines, &Store::open(std::slice::from_ref(&folder.0))))
}

/// A folder that goes with this program, whatever comes of it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("qianqiao-year-{}", std::process::id())))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left of it does no harm.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn read_charts(lines: &mut Lines, store: &Store) -> Outcome {
    let today = Clock::new().now() / DAY;
    fill(store, today).await?;
    let opened = open(store, today).await?;
    let bytes = opened.0.status().bytes;
    let ledger = Ledger::open(&opened.0, &[], &[]);
    for (days, step, by, account) in CHARTS {
        let mut tries = Vec::new();
        for _ in 0..TRIES {
            let (from, to, account) = ((today - days) * DAY, today * DAY, account.map(str::to_owned));
            let share = if account.is_some() { 4 } else { 1 };
            let query = Query { from, to, step, by, offset_min: 480, model: None, account, key: None };
            let began = Instant::now();
            let report = ledger.report(query).await;
            tries.push(began.elapsed().as_secs_f64() * 1e3);
            let counted: u64 = report.totals.iter().map(|total| total.requests).sum();
            let all = days * HOURS * ACTIVE as u64 * CALLS / share;
            if counted != all {
                return Err(format!("{counted} calls were found instead of {all}").into());
            }
        }
        let of = if account.is_some() { ", one account's" } else { "" };
        lines.tell(&format!("{days} days by {step:?} and {by:?}{of}"), tries, 1)?;
    }
    lines.tell("size", vec![bytes as f64 / 1e6], 1)?;
    close(opened).await
}

/// Writes a year. Each month is begun anew, as by a service that is restarted, and rolls up what has become old.
async fn fill(store: &Store, today: u64) -> Outcome {
    for month in (0..=DAYS).step_by(30) {
        let first = today - DAYS + month;
        let opened = open(store, first).await?;
        for day in first..(first + 30).min(today) {
            let hours = (8..8 + HOURS).map(|at| hour(day * DAY + at * HOUR)).collect::<Result<Vec<_>, _>>()?;
            match opened.0.commit(hours).await {
                Kept::Disk => {}
                Kept::Memory(why) => return Err(why.into()),
            }
        }
        close(opened).await?;
    }
    Ok(())
}

/// The totals of one hour.
fn hour(start: u64) -> Outcome<Record> {
    let mut body = String::new();
    for at in 0..ACTIVE {
        let pick = at * 6 + usize::try_from(start / HOUR)? % 6;
        let (model, account) = (format!("qwen3-model-{}", pick % 6), format!("qianwen-{}", pick / 6 % 4));
        let key = pick / 24 % 10;
        let key = if key == 0 { String::new() } else { format!("key-ab12c{key}") };
        let mut counts = Counts { prompt: 41_235, completion: 23_456, reasoning: 7890, ..Counts::default() };
        counts.outcomes = [CALLS - 7, 1, 2, 0, 1, 0, 3, 0];
        for at in 1..9 {
            (counts.first_token.0[at], counts.total.0[at + 2]) = (10, 11);
        }
        counts::write(Whose { model: &model, account: &account, key: &key }, &counts, &mut body);
    }
    Ok(Record::Tally(TallyRecord { start_ms: i64::try_from(start)?, hours: 1, body }))
}

#[expect(clippy::disallowed_methods, reason = "the task is waited for")]
async fn open(store: &Store, today: u64) -> Outcome<(Database, JoinHandle<()>)> {
    let key = Secret::new("0123456789abcdef".to_owned());
    let (database, writer, _) = Database::open(store, Some(&key), i64::try_from(today)?).await?;
    Ok((database, tokio::spawn(writer.run())))
}

async fn close((database, task): (Database, JoinHandle<()>)) -> Outcome {
    database.close();
    Ok(task.await?)
}
