//! What is kept of calls: totals that replace, hours that become days, and the newest calls.

use super::fixture::{Folder, Running, TODAY, connection, limit};
use super::schema::FILE;
use super::statistics::CALLS_KEPT;
use super::{CallsRecord, Database, Kept, Record, TallyRecord};
use crate::config::Secret;
use crate::counts::{Counts, Names, Whose, lines, write};

const DAY: i64 = 86_400_000;
const HOUR: i64 = 3_600_000;

fn tally(start_ms: i64, prompt: u64) -> TallyRecord {
    let mut body = String::new();
    write(Whose { model: "m", account: "a", key: "k" }, &Counts { prompt, ..Counts::default() }, &mut body);
    TallyRecord { start_ms, hours: 1, body }
}

/// The beginning, the length and the sum of what there is.
async fn told(database: &Database, from: i64) -> Vec<(i64, i64, u64)> {
    let found = database.tallies(from, i64::MAX, Names::Model).await.unwrap();
    let sum = |body: &str| lines(body).map(|(_, counts)| counts.prompt).sum();
    found.iter().map(|one| (one.start_ms, one.hours, sum(&one.body))).collect()
}

async fn put(database: &Database, tallies: &[TallyRecord]) {
    let records = tallies.iter().cloned().map(Record::Tally).collect();
    assert_eq!(database.commit(records).await, Kept::Disk);
}

#[tokio::test]
async fn the_latest_totals_hold_and_are_there_at_the_next_start() {
    let folder = Folder::new();
    let running = Running::start(&folder).await;
    let today = TODAY * DAY;
    put(&running.database, &[tally(today, 5), tally(today - HOUR, 1)]).await;
    put(&running.database, &[tally(today, 8), tally(today + HOUR, 2)]).await;
    let all = [(today - HOUR, 1, 1), (today, 1, 8), (today + HOUR, 1, 2)];
    assert_eq!(told(&running.database, today).await, all, "the day before is told, too");
    running.stop().await;
    let running = Running::start(&folder).await;
    let starts: Vec<_> = running.contents.tallies.iter().map(|one| one.start_ms).collect();
    assert_eq!(starts, [today, today + HOUR], "a start needs those of the day only");
    running.stop().await;
}

#[tokio::test]
async fn old_hours_become_days_and_very_old_days_go() {
    let folder = Folder::new();
    let running = Running::start(&folder).await;
    let day = |ago: i64| (TODAY - ago) * DAY;
    let hours = [day(900), day(700), day(700) + HOUR, day(36) + 23 * HOUR, day(35), day(35) + HOUR, day(1)]
        .map(|at| tally(at, 3));
    put(&running.database, &hours).await;
    running.stop().await;
    let running = Running::start(&folder).await;
    let all = [(day(700), 24, 6), (day(36), 24, 3), (day(35), 1, 3), (day(35) + HOUR, 1, 3), (day(1), 1, 3)];
    assert_eq!(told(&running.database, 0).await, all);
    // An hour that comes late, because a clock was wrong, takes nothing away.
    put(&running.database, &[tally(day(700) + 2 * HOUR, 4)]).await;
    running.stop().await;
    let running = Running::start(&folder).await;
    assert_eq!(told(&running.database, 0).await[0], (day(700), 24, 10));
    running.stop().await;
}

#[tokio::test]
async fn an_hour_that_comes_late_touches_no_day_but_its_own() {
    let folder = Folder::new();
    let running = Running::start(&folder).await;
    let day = |ago: i64| (TODAY - ago) * DAY;
    put(&running.database, &[tally(day(700), 3), tally(day(600), 3), tally(day(500), 3)]).await;
    running.stop().await;
    Running::start(&folder).await.stop().await;
    let running = Running::start(&folder).await;
    put(&running.database, &[tally(day(700) + HOUR, 3), tally(day(500) + HOUR, 3)]).await;
    running.stop().await;
    let mut past = connection(&folder.path(FILE)).await;
    let refuse =
        "CREATE TRIGGER refuse BEFORE UPDATE ON tallies WHEN OLD.start_ms = {} BEGIN SELECT RAISE(ABORT, 'no'); END";
    let refuse = refuse.replace("{}", &day(600).to_string());
    sqlx::query(sqlx::AssertSqlSafe(refuse)).execute(&mut past).await.unwrap();
    let running = Running::start(&folder).await;
    assert_eq!(told(&running.database, 0).await, [(day(700), 24, 6), (day(600), 24, 3), (day(500), 24, 6)]);
    running.stop().await;
}

#[tokio::test]
async fn only_the_newest_calls_are_kept() {
    let folder = Folder::new();
    let running = Running::start(&folder).await;
    let calls = |seq| Record::Calls(CallsRecord { seq, count: 2, lines: format!("{{\"seq\":{}}}\n{{}}\n", seq - 1) });
    for from in [0, 1500] {
        (1..=750).for_each(|row| running.database.put(calls(from + 2 * row)));
        assert_eq!(running.database.flush().await, Kept::Disk);
    }
    running.stop().await;
    let mut connection = connection(&folder.path(FILE)).await;
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM calls").fetch_one(&mut connection).await.unwrap();
    assert_eq!(count, 1000);
    let running = Running::start(&folder).await;
    let kept: Vec<_> = running.contents.calls.iter().map(|calls| (calls.seq, calls.count)).collect();
    assert_eq!((kept.len() * 2, kept[0], kept[999]), (CALLS_KEPT, (1002, 2), (3000, 2)));
    running.stop().await;
}

#[tokio::test]
async fn a_reader_and_the_writer_do_not_wait_for_each_other() {
    let folder = Folder::new();
    let running = Running::start(&folder).await;
    put(&running.database, &[tally(TODAY * DAY, 1)]).await;
    let mut reader = super::schema::glance(&folder.path(FILE)).await.unwrap();
    sqlx::query("BEGIN").execute(&mut reader).await.unwrap();
    let before: i64 = sqlx::query_scalar("SELECT count(*) FROM tallies").fetch_one(&mut reader).await.unwrap();
    put(&running.database, &[tally(TODAY * DAY + HOUR, 1)]).await;
    assert_eq!((before, told(&running.database, 0).await.len()), (1, 2));
    assert!(sqlx::query("DELETE FROM tallies").execute(&mut reader).await.is_err(), "it can only read");
    running.stop().await;
}

#[tokio::test]
async fn without_a_disk_there_is_nothing_to_read_and_no_error() {
    let store = super::Store::open(&["/proc/none".into()]);
    let key = Secret::new("0123456789abcdef".to_owned());
    let (database, ..) = Database::open(&store, Some(&key), TODAY).await.unwrap();
    assert_eq!(database.tallies(0, i64::MAX, Names::All).await.unwrap(), []);
}

#[tokio::test]
async fn an_older_database_that_can_only_be_read_has_no_statistics_and_no_error() {
    let folder = Folder::new();
    Running::start(&folder).await.stop().await;
    let mut older = connection(&folder.path(FILE)).await;
    for statement in ["DROP TABLE tallies", "DROP TABLE calls"] {
        sqlx::query(statement).execute(&mut older).await.unwrap();
    }
    limit(&mut older, 0).await.unwrap();
    let found = super::statistics::read_today(&mut older, TODAY).await.unwrap().len();
    assert_eq!((found, super::statistics::read_calls(&mut older).await.unwrap().len()), (0, 0));
    assert_eq!(super::statistics::look(&folder.path(FILE), 0, 1, Names::All).await.unwrap_or_default(), []);
}
