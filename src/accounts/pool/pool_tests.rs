//! The pool: who is picked, who waits, and that every lease comes back.

use std::collections::BTreeMap;
use std::num::{NonZeroU32, NonZeroU64};

use super::made::{account, concurrent, failed, granted, made, plain};
use super::*;
use crate::accounts::{Class, Health, State};

fn ids(pool: &Arc<Pool>, wanted: &Wanted, times: usize) -> Vec<String> {
    (0..times).map(|_| granted(pool.take(wanted, &[])).account().id.clone()).collect()
}

#[test]
fn each_strategy_picks_by_its_rule() {
    let (pool, wanted) = made(Strategy::LeastBusy, &plain(&["a", "b", "c"]), Duration::ZERO);
    assert_eq!(ids(&pool, &wanted, 6), ["a", "b", "c", "a", "b", "c"], "idle ones take turns");
    let busy = granted(pool.take(&wanted, &[]));
    assert_eq!(busy.account().id, "a");
    assert_eq!(ids(&pool, &wanted, 4), ["b", "c", "b", "c"], "the busy one is spared");

    let (pool, wanted) = made(Strategy::FillFirst, &[("a", concurrent(1)), ("b", concurrent(1))], Duration::ZERO);
    assert_eq!(ids(&pool, &wanted, 3), ["a", "a", "a"]);
    let _first = granted(pool.take(&wanted, &[]));
    assert_eq!(ids(&pool, &wanted, 1), ["b"]);

    let heavy = Limits { weight: NonZeroU32::new(2), ..Limits::default() };
    let (pool, wanted) = made(Strategy::RoundRobin, &[("a", heavy), ("b", Limits::default())], Duration::ZERO);
    let turns = ids(&pool, &wanted, 6);
    assert_eq!(turns.iter().filter(|id| *id == "a").count(), 4, "{turns:?}");
}

#[test]
fn faults_and_slow_answers_count_as_work() {
    let (pool, wanted) = made(Strategy::LeastBusy, &plain(&["a", "b"]), Duration::ZERO);
    let mut lease = granted(pool.take(&wanted, &[]));
    lease.end().outcome = failed(Class::Upstream);
    drop(lease);
    assert_eq!(ids(&pool, &wanted, 3), ["b", "b", "b"]);
    let (pool, wanted) = made(Strategy::LeastBusy, &plain(&["a", "b"]), Duration::ZERO);
    let mut lease = granted(pool.take(&wanted, &[]));
    *lease.end() = End { outcome: Some(Outcome::Answered), first_token: Some(Duration::from_secs(9)), tokens: 0 };
    drop(lease);
    assert_eq!(ids(&pool, &wanted, 3), ["b", "b", "b"]);
}

#[test]
fn an_ill_account_is_left_out_and_comes_back_by_one_probe() {
    let (pool, wanted) = made(Strategy::LeastBusy, &plain(&["a", "b"]), Duration::ZERO);
    let mut lease = granted(pool.take(&wanted, &[]));
    lease.end().outcome = failed(Class::Rate);
    drop(lease);
    assert_eq!(ids(&pool, &wanted, 3), ["b", "b", "b"]);
    // Its time has come: exactly one request may try it, whatever else goes on.
    let slot = pool.lock().find("a").unwrap();
    let health = serde_json::json!({"enabled": true, "state": {"state": "cooling", "until": 1}, "cause": null, "strikes": 1, "level": 0, "since": 0});
    {
        let mut inner = pool.lock();
        inner.slots[slot].cold.health = serde_json::from_value(health).unwrap();
        inner.slots[slot].settle();
    }
    let mut probe = granted(pool.take(&wanted, &[]));
    assert_eq!((probe.account().id.as_str(), probe.probe), ("a", true));
    assert_eq!(ids(&pool, &wanted, 2), ["b", "b"]);
    probe.end().outcome = Some(Outcome::Answered);
    drop(probe);
    assert_eq!(pool.view_of("a").unwrap().health.state(), State::Ready);
}

#[test]
fn a_probe_that_is_broken_off_lets_the_next_one_try() {
    let (pool, wanted) = made(Strategy::LeastBusy, &plain(&["a"]), Duration::ZERO);
    let slot = pool.lock().find("a").unwrap();
    let health = serde_json::json!({"enabled": true, "state": {"state": "exhausted", "until": 1}, "cause": null, "strikes": 1, "level": 0, "since": 0});
    {
        let mut inner = pool.lock();
        inner.slots[slot].cold.health = serde_json::from_value(health).unwrap();
        inner.slots[slot].settle();
    }
    for _ in 0..3 {
        assert!(granted(pool.take(&wanted, &[])).probe);
    }
}

#[test]
fn limits_hold_and_say_when_they_end() {
    let minute = Limits { requests_per_minute: NonZeroU32::new(2), ..Limits::default() };
    let (pool, wanted) = made(Strategy::LeastBusy, &[("a", minute)], Duration::ZERO);
    ids(&pool, &wanted, 2);
    let Taken::Denied(denied) = pool.take(&wanted, &[]) else { panic!("a third one in the minute") };
    assert_eq!((denied.busy, denied.waiting.len()), (1, 0));
    assert!(denied.opens.unwrap() - denied.now <= 60_000);

    let day = Limits { tokens_per_day: NonZeroU64::new(10), ..Limits::default() };
    let (pool, wanted) = made(Strategy::LeastBusy, &[("a", day)], Duration::ZERO);
    granted(pool.take(&wanted, &[])).end().tokens = 12;
    let Taken::Denied(denied) = pool.take(&wanted, &[]) else { panic!("no tokens are left") };
    assert_eq!(denied.opens.unwrap() % super::super::clock::DAY, 0);
    let used = pool.changed_use();
    assert_eq!((used[0].requests, used[0].tokens), (1, 12));
    assert!(pool.changed_use().is_empty());
}

#[test]
fn the_use_of_the_day_outlasts_a_restart() {
    let day = Limits { requests_per_day: NonZeroU64::new(3), ..Limits::default() };
    let (pool, wanted) = made(Strategy::LeastBusy, &[("a", day)], Duration::ZERO);
    pool.restore_use(&Use { account: "a".into(), day: pool.today(), requests: 2, tokens: 0 });
    ids(&pool, &wanted, 1);
    assert!(matches!(pool.take(&wanted, &[]), Taken::Denied(_)));
    pool.restore_use(&Use { account: "a".into(), day: pool.today() - 1, requests: 9, tokens: 0 });
    ids(&pool, &wanted, 3);
}

#[test]
fn a_conversation_stays_while_its_account_is_well() {
    let (pool, mut wanted) = made(Strategy::RoundRobin, &plain(&["a", "b", "c"]), Duration::ZERO);
    let begin = Conversation { key: 7, continued: false };
    wanted.conversation = Some(begin);
    assert_eq!(ids(&pool, &wanted, 1), ["a"]);
    let other = Wanted { conversation: None, ..wanted.clone() };
    ids(&pool, &other, 1);
    wanted.conversation = Some(Conversation { continued: true, ..begin });
    assert_eq!(ids(&pool, &wanted, 3), ["a", "a", "a"]);
    pool.tell("a", Outcome::Disabled);
    let next = ids(&pool, &wanted, 2);
    assert!(next[0] != "a" && next[0] == next[1], "{next:?}");
}

#[test]
fn the_next_way_is_taken_when_the_first_is_full_or_shut() {
    let (pool, mut wanted) = made(Strategy::LeastBusy, &[("a", concurrent(1))], Duration::ZERO);
    pool.put(Account { provider: "q".into(), ..account("b", Limits::default()) }, Health::new(0));
    wanted.legs.push(Leg { group: pool.group("q"), only: None });
    let first = granted(pool.take(&wanted, &[]));
    assert_eq!(ids(&pool, &wanted, 1), ["b"]);
    drop(first);
    assert_eq!(ids(&pool, &wanted, 1), ["a"]);
    pool.tell("a", Outcome::Disabled);
    assert_eq!(ids(&pool, &wanted, 1), ["b"]);
    let pinned = Leg { group: pool.group("p"), only: Some("a".into()) };
    let Taken::Denied(denied) = pool.take(&Wanted { legs: vec![pinned], conversation: None }, &[]) else {
        panic!("it is off")
    };
    assert_eq!(denied.waiting[0].state, State::Disabled);
}

#[test]
fn an_account_that_is_taken_out_ends_its_leases_in_peace() {
    let (pool, wanted) = made(Strategy::LeastBusy, &plain(&["a"]), Duration::ZERO);
    let lease = granted(pool.take(&wanted, &[]));
    pool.remove("a");
    pool.put(account("b", Limits::default()), Health::new(0));
    let other = granted(pool.take(&wanted, &[]));
    assert_eq!((other.account().id.as_str(), pool.in_flight()), ("b", 2));
    drop((lease, other));
    assert_eq!((pool.in_flight(), pool.len()), (0, 1));
}

#[test]
fn what_befalls_an_old_credential_says_nothing_about_the_new_one() {
    let (pool, wanted) = made(Strategy::LeastBusy, &plain(&["a"]), Duration::ZERO);
    let mut old = [granted(pool.take(&wanted, &[])), granted(pool.take(&wanted, &[]))];
    let credential = crate::config::Secret::new(BTreeMap::from([("key".to_owned(), "new".to_owned())]));
    pool.replace(Account { credential, sign_in: 1, ..account("a", concurrent(7)) });
    old.iter_mut().for_each(|lease| lease.end().outcome = failed(Class::Expired));
    drop(old);
    let view = pool.view_of("a").unwrap();
    assert_eq!((view.health.state(), view.limits), (State::Ready, concurrent(7)));
    let mut new = granted(pool.take(&wanted, &[]));
    new.end().outcome = failed(Class::Expired);
    drop(new);
    assert_eq!(pool.view_of("a").unwrap().health.state().name(), "cooling");
}

#[test]
fn an_answer_that_began_earlier_does_not_end_an_upstreams_wait() {
    let (pool, wanted) = made(Strategy::LeastBusy, &plain(&["a"]), Duration::ZERO);
    let (mut old, mut new) = (granted(pool.take(&wanted, &[])), granted(pool.take(&wanted, &[])));
    new.end().outcome = failed(Class::Rate);
    drop(new);
    old.end().outcome = Some(Outcome::Answered);
    drop(old);
    assert!(matches!(pool.take(&wanted, &[]), Taken::Denied(_)));
}

#[test]
fn who_comes_back_has_not_to_make_up_for_the_others() {
    let (pool, wanted) = made(Strategy::RoundRobin, &plain(&["a", "b"]), Duration::ZERO);
    pool.tell("a", Outcome::Disabled);
    ids(&pool, &wanted, 100);
    pool.tell("a", Outcome::Enabled);
    let turns = ids(&pool, &wanted, 100);
    assert!(turns.iter().filter(|id| *id == "a").count() < 60, "{turns:?}");
}
