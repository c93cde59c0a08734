//! Every sequence of outcomes: nobody is stranded, nobody shut is used, no timer runs backwards.

use proptest::prelude::*;

use super::*;

fn blame(class: Class, retry_after: Option<u64>) -> Blame {
    let cause = Cause { class, status: None, message: "it broke".to_owned(), remedy: None };
    Blame { cause, retry_after: retry_after.map(Duration::from_secs) }
}

fn fails(health: &mut Health, class: Class, now: Millis) -> State {
    health.take(Outcome::Failed(blame(class, None)), now, 0.0);
    health.state()
}

#[test]
fn single_errors_are_forgiven_and_rows_of_them_are_not() {
    let mut health = Health::new(0);
    assert_eq!(fails(&mut health, Class::Upstream, 10), State::Ready);
    health.take(Outcome::Answered, 11, 0.0);
    assert_eq!(fails(&mut health, Class::Upstream, 12), State::Ready);
    assert_eq!(fails(&mut health, Class::Protocol, 13), State::Ready);
    assert_eq!(fails(&mut health, Class::Upstream, 14), State::Cooling { until: 2014 });
}

#[test]
fn a_probe_in_vain_doubles_the_wait_and_what_was_under_way_does_not() {
    let mut health = Health::new(0);
    assert_eq!(fails(&mut health, Class::Rate, 0), State::Cooling { until: 5000 });
    assert_eq!(fails(&mut health, Class::Rate, 100), State::Cooling { until: 5100 });
    assert_eq!(fails(&mut health, Class::Rate, 5100), State::Cooling { until: 15_100 });
    assert_eq!(fails(&mut health, Class::Rate, 15_100), State::Cooling { until: 35_100 });
    health.take(Outcome::Answered, 36_000, 0.0);
    assert_eq!(fails(&mut health, Class::Rate, 40_000), State::Cooling { until: 45_000 });
}

#[test]
fn a_guessed_wait_is_spread_and_never_made_longer() {
    let rests = |chance: f64| {
        let mut health = Health::new(0);
        health.take(Outcome::Failed(blame(Class::Rate, None)), 0, chance);
        health.state().until()
    };
    assert_eq!([0.0, 0.5, 1.0].map(rests), [Some(5000), Some(4500), Some(4000)]);
}

#[test]
fn a_lost_sign_in_is_confirmed_before_it_is_believed() {
    let mut health = Health::new(0);
    assert_eq!(fails(&mut health, Class::Expired, 0).name(), "cooling");
    health.take(Outcome::Alive, 5, 0.0);
    assert_eq!(health.state(), State::Ready);
    fails(&mut health, Class::Expired, 10);
    health.take(Outcome::CheckFailed(blame(Class::Expired, None)), 20, 0.0);
    assert_eq!(health.state().name(), "expired");
    health.take(Outcome::Alive, 30, 0.0);
    assert_eq!(health.state(), State::Ready);
}

#[test]
fn an_upstreams_own_time_is_kept_and_only_ever_made_longer() {
    let mut health = Health::new(0);
    health.take(Outcome::Failed(blame(Class::Rate, Some(30))), 1000, 1.0);
    assert_eq!(health.state(), State::Cooling { until: 1000 + 30_000 });
    health.take(Outcome::Failed(blame(Class::Rate, Some(3600 * 24 * 90))), 40_000, 0.0);
    assert_eq!(health.state(), State::Cooling { until: 40_000 + LONGEST_WAIT });
}

#[test]
fn a_shut_account_waits_for_its_owner_alone() {
    let mut health = Health::new(0);
    fails(&mut health, Class::Banned, 0);
    assert_eq!(fails(&mut health, Class::Banned, 1), State::NeedsOwner { until: None });
    for outcome in [Outcome::Answered, Outcome::Alive, Outcome::Failed(blame(Class::Rate, None))] {
        assert_eq!(health.take(outcome, 2, 0.0), None);
    }
    assert_eq!(health.opens(), None);
    health.take(Outcome::Enabled, 3, 0.0);
    assert_eq!(health.opens(), Some(0));
}

#[test]
fn a_broken_network_says_nothing_about_a_lost_sign_in() {
    let mut health = Health::new(0);
    fails(&mut health, Class::Expired, 0);
    let State::Expired { until } = fails(&mut health, Class::Expired, 1) else { panic!("it has expired") };
    assert_eq!(fails(&mut health, Class::Upstream, until), State::Expired { until: until + 2000 });
}

#[test]
fn health_outlasts_a_restart_but_not_a_clock_gone_wild() {
    let mut health = Health::new(0);
    fails(&mut health, Class::Quota, 1_000_000_000);
    let kept = serde_json::to_string(&health).unwrap();
    let back: Health = serde_json::from_str(&kept).unwrap();
    assert_eq!(back, health);
    assert!(back.restored(5).opens().unwrap() <= 5 + LONGEST_WAIT);
}

#[test]
fn a_good_sign_in_does_not_end_a_rest_for_another_reason() {
    let mut health = Health::new(0);
    fails(&mut health, Class::Timeout, 1000);
    fails(&mut health, Class::Timeout, 1000);
    health.take(Outcome::Alive, 1500, 0.0);
    assert_eq!(health.opens(), Some(31_000));
}

#[test]
fn requests_that_are_refused_again_and_again_know_better_than_checks() {
    let mut health = Health::new(0);
    for round in 0..50 {
        fails(&mut health, Class::Expired, round * 1000);
        health.take(Outcome::Alive, round * 1000 + 400, 0.0);
    }
    assert_eq!(health.state().name(), "expired");
    let until = health.state().until().unwrap();
    health.take(Outcome::Answered, until, 0.0);
    assert_eq!(health.state(), State::Ready);
}

fn outcomes() -> impl Strategy<Value = Outcome> {
    let class = prop_oneof![
        Just(Class::Rate),
        Just(Class::Quota),
        Just(Class::Expired),
        Just(Class::NeedsOwner),
        Just(Class::Banned),
        Just(Class::Upstream),
        Just(Class::Timeout),
        Just(Class::Protocol),
    ];
    let blamed = (class, proptest::option::of(0..200_000u64), any::<bool>()).prop_map(|(class, after, check)| {
        let blame = blame(class, after);
        if check { Outcome::CheckFailed(blame) } else { Outcome::Failed(blame) }
    });
    let others = prop_oneof![
        Just(Outcome::Answered),
        Just(Outcome::Alive),
        Just(Outcome::Renewed),
        Just(Outcome::Enabled),
        Just(Outcome::Disabled),
    ];
    prop_oneof![3 => blamed, 1 => others]
}

proptest! {
    #[test]
    fn no_sequence_strands_or_frees_wrongly(steps in proptest::collection::vec((outcomes(), 0..20_000_000u64, 0.0..1.0f64), 0..60)) {
        let (mut health, mut now) = (Health::new(0), 0);
        for (outcome, passed, chance) in steps {
            now += passed;
            let before = health.clone();
            let bad = matches!(outcome, Outcome::Failed(_) | Outcome::CheckFailed(_));
            let owner = matches!(outcome, Outcome::Enabled | Outcome::Renewed);
            health.take(outcome, now, chance);
            // A wait is never shortened by bad news, and never lies further ahead than the longest one.
            if let (Some(old), Some(new), true) = (before.state().until(), health.state().until(), bad) {
                prop_assert!(new >= old, "{before:?} -> {health:?}");
            }
            if let Some(until) = health.state().until() {
                prop_assert!(until <= now + LONGEST_WAIT);
            }
            // Only its owner frees an account that was shut or switched off.
            if before.opens().is_none() && !owner {
                prop_assert_eq!(health.opens(), None);
            }
            prop_assert!(health.since() <= now);
        }
        // Whatever happened: in time it may be probed and one answer makes it well, or the owner can.
        match health.opens() {
            Some(at) => {
                let later = now.max(at);
                health.take(Outcome::Answered, later, 0.5);
                prop_assert_eq!(health.opens(), Some(0));
            }
            None => {
                health.take(Outcome::Enabled, now, 0.5);
                prop_assert_eq!(health.opens(), Some(0));
            }
        }
    }
}
