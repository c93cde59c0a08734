//! Calls, from their beginnings to what is kept of them.

use std::time::{Duration, Instant};

use super::draft::{Draft, End};
use super::hours::HOUR;
use super::keeping::lines;
use super::trays::Ended;
use super::{Ledger, Outcome, Query, Served, Spent, Step};
use crate::accounts::clock::DAY;
use crate::chat::{Fault, FaultKind};
use crate::config::Secret;
use crate::store::{CallsRecord, Database, Store, TallyRecord};
use crate::usage::{By, CallFilter};

/// A ledger whose database has no disk.
async fn ledger(tallies: &[TallyRecord], calls: &[CallsRecord]) -> Ledger {
    let store = Store::open(&["/proc/none".into()]);
    let key = Secret::new("0123456789abcdef".to_owned());
    let (database, ..) = Database::open(&store, Some(&key), 0).await.unwrap();
    Ledger::open(&database, tallies, calls)
}

fn spent(prompt: u64, completion: u64) -> Spent {
    Spent { prompt, completion, reasoning: 1, estimated: false }
}

fn served(account: &str, attempts: usize, spent: Spent) -> Served {
    Served { account: account.to_owned(), by: Some("web/max".into()), attempts, spent }
}

async fn by(ledger: &Ledger, by: By) -> Vec<(String, u64, u64)> {
    let to = ledger.time() + HOUR;
    let query =
        Query { from: to - DAY, to, step: Step::Hour, by, offset_min: 0, model: None, account: None, key: None };
    let totals = ledger.report(query).await.totals;
    totals.into_iter().map(|one| (one.name, one.requests, one.prompt_tokens + one.completion_tokens)).collect()
}

fn all() -> CallFilter<'static> {
    CallFilter { limit: 100, ..CallFilter::default() }
}

#[tokio::test]
async fn a_call_is_counted_once_however_it_ends() {
    let ledger = ledger(&[], &[]).await;
    let mut heard = ledger.subscribe();
    let mut answered = ledger.begin("req_1", None);
    answered.asked("max", true);
    answered.exists();
    answered.heard(tokio::time::Instant::now() + Duration::from_millis(60));
    answered.heard(tokio::time::Instant::now() + Duration::from_secs(9));
    answered.served(served("", 0, Spent::default()));
    answered.served(served("a-1", 2, spent(7, 3)));
    answered.served(served("a-2", 1, spent(6, 5)));
    answered.answered();
    answered.failed(&Fault::new(FaultKind::Timeout, "too late to matter"));
    drop(answered);
    drop(ledger.begin("req_2", None));
    let mut unknown = ledger.begin("req_3", None);
    unknown.asked("no\u{7}such", false);
    unknown.failed(&Fault::new(FaultKind::Upstream, "down").with_code("THEIR-CODE"));
    drop(unknown);
    ledger.begin("req_4", None).refused(Outcome::Rate, 429, "rate_limit_exceeded");
    let calls = ledger.calls(&all()).calls;
    let told = |at: usize| {
        let call = &calls[at];
        (call.seq, call.status, call.outcome, call.code.as_deref(), call.tokens())
    };
    assert_eq!(told(3), (1, 200, Outcome::Answered, None, 15));
    assert_eq!(told(2), (2, 499, Outcome::Abandoned, None, 0));
    assert_eq!(told(1), (3, 502, Outcome::Upstream, Some("upstream_error"), 0));
    assert_eq!(told(0), (4, 429, Outcome::Rate, Some("rate_limit_exceeded"), 0));
    let one = &calls[3];
    assert_eq!((&*one.model, one.account.as_deref(), one.served.as_deref()), ("max", Some("a-1"), Some("web/max")));
    assert_eq!((one.attempts, one.prompt_tokens, one.completion_tokens, one.counted), (3, 7, 8, true));
    assert!(one.first_token_ms.is_some_and(|ms| (60..9000).contains(&ms)), "{one:?}");
    assert_eq!((&*calls[1].model, calls[1].account.as_deref()), ("nosuch", None));
    assert_eq!(heard.recv().await.unwrap().seq, 1);
    assert_eq!(by(&ledger, By::Model).await, [(String::new(), 3, 0), ("max".to_owned(), 1, 15)]);
    let now = ledger.now();
    assert_eq!((now.requests_minute, now.errors_minute, now.tokens_minute), (4, 2, 15));
    assert_eq!((now.requests_today, now.errors_today, now.tokens_today), (4, 2, 15));
    assert_eq!((ledger.minutes().len(), ledger.minutes().iter().map(|one| one.requests).sum::<u64>()), (60, 4));
}

#[tokio::test]
async fn a_defect_of_ours_is_not_told_as_a_client_that_left() {
    let ledger = ledger(&[], &[]).await;
    let mut receipt = ledger.begin("req_1", None);
    receipt.asked("max", true);
    let broken = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
        let _receipt = receipt;
        panic!("a defect");
    }));
    assert!(broken.is_err());
    let call = &ledger.calls(&all()).calls[0];
    assert_eq!((call.outcome, call.status, call.code.as_deref()), (Outcome::Internal, 500, Some("internal_error")));
}

/// Files a call that has ended, without a receipt.
fn file(ledger: &Ledger, model: &str, key: &str) {
    let end = End { outcome: Outcome::Answered, status: 200, code: None, total_ms: 80, at: ledger.time() };
    let served = served("a-1", 1, spent(10, 20));
    let draft = Draft { id: "req_x".into(), model: model.to_owned(), known: true, served, ..Draft::default() };
    ledger.file(Ended { end, draft: Draft { first_token_ms: Some(40), ..draft }, key: key.into() });
}

#[tokio::test]
async fn what_was_kept_goes_on_after_a_restart() {
    let first = ledger(&[], &[]).await;
    (0..3).for_each(|_| file(&first, "max", "key-1"));
    let (hours, calls) = {
        let mut books = first.books();
        (books.hours.take_changed(first.time()), books.calls.take_new())
    };
    let hours = hours.iter().map(|(start, cells)| TallyRecord {
        start_ms: i64::try_from(*start).unwrap(),
        hours: 1,
        body: super::hour::text(cells),
    });
    let calls = CallsRecord { seq: 3, count: 3, lines: lines(&calls) };
    let torn = CallsRecord { seq: 9, count: 1, lines: "{\"seq\":".to_owned() };
    let second = ledger(&hours.collect::<Vec<_>>(), &[calls, torn]).await;
    assert_eq!((second.now().requests_today, second.now().tokens_today, second.now().requests_minute), (3, 90, 0));
    file(&second, "max", "");
    assert_eq!(second.calls(&all()).calls.iter().map(|call| call.seq).collect::<Vec<_>>(), [10, 3, 2, 1]);
    assert_eq!(by(&second, By::Key).await, [("key-1".to_owned(), 3, 90), (String::new(), 1, 30)]);
    assert_eq!(by(&second, By::None).await, [(String::new(), 4, 120)]);
    assert_eq!(by(&second, By::Account).await, [("a-1".to_owned(), 4, 120)]);
    assert_eq!(second.since_start().counts.requests(), 1);
}

#[tokio::test]
async fn of_very_many_names_the_smallest_are_told_as_one() {
    let ledger = ledger(&[], &[]).await;
    let names = |at: u64| format!("m-{at}");
    for at in 0..1500 {
        (0..=u64::from(at < 900)).for_each(|_| file(&ledger, &names(at), ""));
    }
    let told = by(&ledger, By::Model).await;
    assert_eq!(told.len(), 1001);
    assert_eq!((told[0].1, told[1000].clone()), (2, ("(other)".to_owned(), 500, 15_000)));
    assert_eq!(told.iter().map(|one| one.1).sum::<u64>(), 2400);
}

#[tokio::test]
async fn what_a_call_costs_is_printed() {
    const CALLS: u32 = 20_000;
    let ledger = ledger(&[], &[]).await;
    let models: Vec<String> = (0..40).map(|at| format!("model-{at}")).collect();
    let began = Instant::now();
    for model in models.iter().cycle().take(CALLS as usize) {
        let mut receipt = ledger.begin("req_0123456789abcdef0123456789abcdef", None);
        receipt.asked(model, true);
        receipt.exists();
        receipt.heard(tokio::time::Instant::now());
        receipt.served(served("qianwen-1", 1, spent(100, 200)));
        receipt.answered();
    }
    let each = began.elapsed() / CALLS;
    println!("a call is counted in {} ns (this build: {})", each.as_nanos(), cfg!(debug_assertions));
    assert_eq!(ledger.since_start().counts.requests(), u64::from(CALLS));
}
