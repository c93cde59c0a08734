//! Limits: exact, whoever asks at the same time, over minutes and days.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::limits::KeyLimits;
use super::meter::{Kept, Meter, Refused};
use super::room::Room;
use crate::accounts::clock::{DAY, Millis};

/// A day's beginning.
const MORNING: Millis = 20_000 * DAY;
const NOON: Millis = MORNING + DAY / 2;

fn per_minute(requests: u64) -> KeyLimits {
    KeyLimits { requests_per_minute: Some(requests), ..KeyLimits::default() }
}

fn per_day(requests: u64) -> KeyLimits {
    KeyLimits { requests_per_day: Some(requests), ..KeyLimits::default() }
}

fn wait(refused: Result<(), Refused>) -> Millis {
    match refused {
        Err(Refused::Limit { wait, .. }) => wait,
        other => panic!("{other:?}"),
    }
}

#[test]
fn fifty_threads_get_exactly_as_many_as_there_are() {
    for limits in [per_minute(1000), per_day(1000)] {
        let (meter, let_in) = (Arc::new(Meter::new(limits, true, None)), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for thread in 0..50 {
                let (meter, let_in) = (Arc::clone(&meter), &let_in);
                // Each has its own idea of the time, within a minute.
                scope.spawn(move || {
                    let taken = (0..100).filter(|n| meter.take(NOON + thread * 7 + n * 500).is_ok()).count();
                    let_in.fetch_add(taken as u64, Ordering::Relaxed);
                });
            }
        });
        assert_eq!(let_in.into_inner(), 1000, "{limits:?}");
        assert_eq!(meter.used(NOON + 50_000).requests_today, 1000);
    }
}

#[test]
fn no_minute_ever_has_more_than_the_limit() {
    let meter = Meter::new(per_minute(10), true, None);
    // An uneven load, over five minutes.
    let times = (0..3000_u64).map(|n| NOON + n * 100 + (n * 37) % 90);
    let taken: Vec<Millis> = times.filter(|now| meter.take(*now).is_ok()).collect();
    assert!(taken.len() >= 48, "the limit is used: {}", taken.len());
    for pair in taken.windows(11) {
        assert!(pair[10] - pair[0] >= 60_000, "eleven within a minute: {pair:?}");
    }
}

#[test]
fn who_waits_as_long_as_told_is_let_in_and_not_before() {
    let meter = Meter::new(per_minute(2), true, None);
    assert_eq!((meter.take(NOON), meter.take(NOON + 10_000)), (Ok(()), Ok(())));
    let told = wait(meter.take(NOON + 20_000));
    assert_eq!(told, 40_000);
    assert_eq!(wait(meter.take(NOON + 20_000 + told - 1)), 1);
    assert_eq!(meter.take(NOON + 20_000 + told), Ok(()));
    assert_eq!(wait(meter.take(NOON + 60_000)), 10_000);
}

#[test]
fn a_day_ends_at_midnight_utc() {
    let meter = Meter::new(per_day(1), true, None);
    assert_eq!(meter.take(MORNING + DAY - 1), Ok(()));
    assert_eq!(wait(meter.take(MORNING + DAY - 1)), 1);
    assert_eq!(meter.take(MORNING + DAY), Ok(()));
    // A clock that was read before midnight.
    assert!(meter.take(MORNING + DAY - 1).is_err());
    assert_eq!(meter.used(MORNING + DAY).requests_today, 1);
    assert_eq!(meter.used(MORNING + 2 * DAY).requests_today, 0);
}

#[test]
fn tokens_are_counted_at_the_end_and_refuse_what_comes_after() {
    let limits = KeyLimits { tokens_per_minute: Some(100), tokens_per_day: Some(150), ..KeyLimits::default() };
    let meter = Meter::new(limits, true, None);
    assert_eq!((meter.take(NOON), meter.take(NOON)), (Ok(()), Ok(())));
    meter.spend(99, NOON);
    assert_eq!(meter.take(NOON), Ok(()), "one is left");
    meter.spend(60, NOON + 1000);
    assert_eq!(wait(meter.take(NOON + 1000)), DAY / 2 - 1000, "the limit that lasts longest is told");
    assert_eq!(meter.used(NOON + 1000).tokens_minute, 159);
    assert_eq!(meter.used(NOON + 61_000).tokens_minute, 0);
    assert_eq!(meter.used(NOON + 61_000).tokens_today, 159);
    assert_eq!(meter.take(MORNING + DAY), Ok(()));
}

#[test]
fn the_tighter_limit_is_told() {
    let limits = KeyLimits { requests_per_minute: Some(5), requests_per_day: Some(20), ..KeyLimits::default() };
    let meter = Meter::new(limits, true, Some(Kept { day: 20_000, requests: 14, tokens: 0, last: NOON }));
    let requests = |now| meter.rooms(now).requests.unwrap();
    assert_eq!(requests(NOON), Room { limit: 5, remaining: 5, reset: 0 });
    meter.take(NOON).unwrap();
    assert_eq!(requests(NOON + 1000), Room { limit: 5, remaining: 4, reset: 59_000 });
    assert_eq!(requests(NOON + 60_000), Room { limit: 5, remaining: 5, reset: 0 }.min_day(20, 5, NOON + 60_000));
    assert_eq!(meter.rooms(NOON).tokens, None);
    (0..4).for_each(|_| meter.take(NOON + 60_000).unwrap());
    assert_eq!(requests(NOON + 60_000).remaining, 1);
}

impl Room {
    /// Where as much is left of both, the day is told, which takes longer.
    fn min_day(self, limit: u64, remaining: u64, now: Millis) -> Self {
        assert_eq!(self.remaining, remaining);
        Self { limit, remaining, reset: DAY - now % DAY }
    }
}

#[test]
fn a_closed_meter_lets_nobody_in_and_a_higher_limit_does_at_once() {
    let meter = Meter::new(per_day(1), true, None);
    meter.take(NOON).unwrap();
    assert!(meter.take(NOON).is_err());
    meter.set(per_day(2), true, NOON);
    assert_eq!(meter.take(NOON), Ok(()));
    meter.set(KeyLimits::default(), false, NOON);
    assert_eq!(meter.take(NOON), Err(Refused::Closed));
}

#[test]
fn what_changed_is_told_once_and_taken_over_by_the_next_start() {
    let meter = Meter::new(KeyLimits::default(), true, None);
    assert_eq!(meter.changed(NOON), None);
    meter.touch(NOON);
    meter.take(NOON).unwrap();
    meter.spend(7, NOON);
    meter.spend(0, NOON);
    let kept = Kept { day: 20_000, requests: 1, tokens: 7, last: NOON };
    assert_eq!((meter.changed(NOON), meter.changed(NOON)), (Some(kept), None));
    let next = Meter::new(per_day(1), true, Some(kept));
    assert!(next.take(NOON + 1).is_err());
    assert_eq!((next.used(NOON + 1).last, next.used(NOON + 1).tokens_today), (Some(NOON), 7));
    assert_eq!(next.take(MORNING + DAY), Ok(()));
}
