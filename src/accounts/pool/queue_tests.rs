//! Waiting for an account, and that every lease comes back.

use super::made::{account, concurrent, failed, granted, made, resting};
use super::*;
use crate::accounts::{Class, Health};

#[tokio::test]
async fn who_waits_is_served_in_order_and_nobody_overtakes() {
    let (pool, wanted) = made(Strategy::LeastBusy, &[("a", concurrent(1))], Duration::from_secs(20));
    let first = granted(pool.take(&wanted, &[]));
    let Taken::Queued(second) = pool.take(&wanted, &[]) else { panic!("it waits") };
    let Taken::Queued(third) = pool.take(&wanted, &[]) else { panic!("it waits") };
    assert_eq!(pool.waiting(), 2);
    drop(first);
    let Taken::Queued(fourth) = pool.take(&wanted, &[]) else { panic!("it does not overtake") };
    let second = second.granted().await.unwrap().lease;
    drop(third);
    drop(second);
    let fourth = fourth.granted().await.unwrap();
    assert_eq!((pool.waiting(), pool.in_flight()), (0, 1));
    drop(fourth);
    assert_eq!(pool.in_flight(), 0);
}

#[tokio::test(start_paused = true)]
async fn waiting_ends_at_the_deadline_or_when_nobody_can_answer() {
    let (pool, wanted) = made(Strategy::LeastBusy, &[("a", concurrent(1))], Duration::from_secs(5));
    let _held = granted(pool.take(&wanted, &[]));
    let Taken::Queued(queued) = pool.take(&wanted, &[]) else { panic!("it waits") };
    assert_eq!(queued.granted().await.unwrap_err().busy, 1);
    let Taken::Queued(queued) = pool.take(&wanted, &[]) else { panic!("it waits") };
    pool.tell("a", Outcome::Disabled);
    assert_eq!(queued.granted().await.unwrap_err().waiting.len(), 1);
    assert_eq!(pool.waiting(), 0);
}

#[test]
fn the_queue_is_bounded() {
    let (pool, wanted) = made(Strategy::LeastBusy, &[("a", concurrent(1))], Duration::from_secs(20));
    let _held = granted(pool.take(&wanted, &[]));
    let waiting: Vec<_> = (0..LONGEST_QUEUE).map(|_| pool.take(&wanted, &[])).collect();
    assert!(waiting.iter().all(|one| matches!(one, Taken::Queued(_))));
    assert!(matches!(pool.take(&wanted, &[]), Taken::Denied(_)));
    drop(waiting);
    assert_eq!(pool.waiting(), 0);
}

#[tokio::test]
async fn a_higher_limit_lets_those_in_who_wait() {
    let (pool, wanted) = made(Strategy::LeastBusy, &[("a", concurrent(1))], Duration::from_secs(20));
    let _held = granted(pool.take(&wanted, &[]));
    let Taken::Queued(queued) = pool.take(&wanted, &[]) else { panic!("it waits") };
    pool.replace(account("a", concurrent(2)));
    assert!(queued.granted().await.is_ok());
}

#[test]
fn a_queue_for_one_provider_is_not_in_the_way_of_another() {
    let (pool, wanted) = made(Strategy::LeastBusy, &[("a", concurrent(1))], Duration::from_secs(20));
    pool.put(Account { provider: "q".into(), ..account("b", Limits::default()) }, Health::new(0));
    let _held = granted(pool.take(&wanted, &[]));
    let _waiting: Vec<_> = (0..LONGEST_QUEUE).map(|_| pool.take(&wanted, &[])).collect();
    let other = Wanted { legs: vec![Leg { group: pool.group("q"), only: None }], conversation: None };
    assert_eq!(granted(pool.take(&other, &[])).account().id, "b");
}

#[test]
fn one_account_at_its_limit_of_the_day_does_not_end_the_wait_for_the_others() {
    let day = Limits { requests_per_day: std::num::NonZeroU64::new(1), ..Limits::default() };
    let accounts = [("a", day), ("b", concurrent(1))];
    let (pool, wanted) = made(Strategy::FillFirst, &accounts, Duration::from_secs(20));
    drop(granted(pool.take(&wanted, &[])));
    let _held = granted(pool.take(&wanted, &[]));
    assert!(matches!(pool.take(&wanted, &[]), Taken::Queued(_)));
}

#[tokio::test]
async fn who_waits_is_woken_when_a_resting_account_opens() {
    let (pool, wanted) = made(Strategy::LeastBusy, &[("a", concurrent(1))], Duration::from_secs(20));
    pool.put(account("b", Limits::default()), resting(pool.now() + 50));
    let _held = granted(pool.take(&wanted, &[]));
    let Taken::Queued(queued) = pool.take(&wanted, &[]) else { panic!("it waits") };
    let lease = queued.granted().await.unwrap().lease;
    assert_eq!(lease.account().id, "b");
}

#[tokio::test]
async fn a_probe_lets_the_others_in_with_its_first_output() {
    let (pool, wanted) = made(Strategy::LeastBusy, &[], Duration::from_secs(20));
    pool.put(account("a", Limits::default()), resting(1));
    let probe = granted(pool.take(&wanted, &[]));
    let Taken::Queued(queued) = pool.take(&wanted, &[]) else { panic!("one probe at a time") };
    probe.prove();
    assert!(queued.granted().await.is_ok());
    assert_eq!(pool.in_flight(), 1);
}

/// Threads take, hold, fail, panic and walk away at random; afterwards not one lease is out.
#[test]
fn every_lease_comes_back_whatever_happens() {
    let accounts = [("a", concurrent(2)), ("b", concurrent(3)), ("c", Limits::default())];
    let (pool, wanted) = made(Strategy::LeastBusy, &accounts, Duration::from_millis(1));
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    std::thread::scope(|scope| {
        for seed in 1..9 {
            let (pool, wanted) = (&pool, &wanted);
            scope.spawn(move || run_wild(pool, wanted, seed));
        }
    });
    std::panic::set_hook(hook);
    assert_eq!((pool.in_flight(), pool.waiting()), (0, 0));
}

fn run_wild(pool: &Arc<Pool>, wanted: &Wanted, seed: u64) {
    let mut state = seed;
    for round in 0..400 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        if let Taken::Granted(Granted { mut lease, .. }) = pool.take(wanted, &[]) {
            let view = pool.view_of(&lease.account().id).unwrap();
            assert!(view.limits.concurrent.is_none_or(|most| view.in_flight <= most.get()), "{view:?}");
            match state >> 61 {
                0 => lease.end().outcome = Some(Outcome::Answered),
                1 => lease.end().outcome = failed(Class::Upstream),
                2 => panic_with(lease),
                _ => {}
            }
        }
        if round % 50 == 0 {
            ["a", "b", "c"].iter().for_each(|id| pool.tell(id, Outcome::Enabled));
        }
    }
}

fn panic_with(lease: Lease) {
    let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
        let _lease = lease;
        panic!("a request may end in any way");
    }));
    assert!(unwound.is_err());
}
