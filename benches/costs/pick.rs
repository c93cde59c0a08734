//! What it costs to pick an account and to give it back: the median of the batches and the fastest one, in nanoseconds
//! for one pick.

use std::hint::black_box;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use qianqiao::accounts::{self, Account, Deaf, Granted, Health, Leg, Limits, Pool, Rules, Strategy, Taken, Wanted};

use crate::{Lines, Outcome};

/// How many picks are timed together: the clock's own cost must not count.
const BATCH: u32 = 1000;
/// How many batches; the median of so many says something on a busy machine, too.
const BATCHES: usize = 301;
/// Those before them that are not counted.
const WARM_UP: usize = 30;
/// How many accounts there are.
const MANY: u32 = 200;
/// Every so many accounts one has limits.
const LIMITED: u32 = 4;

pub fn measure(lines: &mut Lines) -> Outcome {
    for strategy in Strategy::ALL {
        let (pool, wanted) = pool(MANY, strategy);
        report(lines, &format!("{}, {MANY} accounts, all idle", strategy.name()), &pool, &wanted)?;
    }
    let (busy, wanted) = pool(MANY, Strategy::LeastBusy);
    // What is held makes the idle ones rare, as in a busy hour.
    let held: Vec<Taken> = (0..MANY * 3 / 4).map(|_| busy.take(&wanted, &[])).collect();
    report(lines, &format!("least-busy, {MANY} accounts, {} busy", held.len()), &busy, &wanted)?;
    drop(held);
    let (alone, wanted) = pool(1, Strategy::LeastBusy);
    report(lines, "least-busy, 1 account", &alone, &wanted)
}

/// A pool of one group, in which every account is ready, and what asks for any of them.
fn pool(accounts: u32, strategy: Strategy) -> (Arc<Pool>, Wanted) {
    let rules = Rules { strategy, limits: Limits::default(), patience: Duration::ZERO };
    let pool = Pool::new(rules, Box::new(Deaf));
    let now = pool.now();
    for number in 1..=accounts {
        let mut account = Account::new(format!("bench-{number}"), Some(number), [].into());
        "bench".clone_into(&mut account.provider);
        if number % LIMITED == 0 {
            // High enough never to be reached: a limit costs a look at its counters.
            account.limits.concurrent = NonZeroU32::new(1_000_000);
            account.limits.requests_per_minute = NonZeroU32::new(u32::MAX);
        }
        pool.put(account, Health::new(now));
    }
    let legs = vec![Leg { group: pool.group("bench"), only: None }];
    (pool, Wanted { legs, conversation: None })
}

fn report(lines: &mut Lines, name: &str, pool: &Arc<Pool>, wanted: &Wanted) -> Outcome {
    lines.tell(name, (0..WARM_UP + BATCHES).map(|_| batch(pool, wanted)).skip(WARM_UP).collect(), 0)
}

/// Nanoseconds for one pick. Each lease ends as that of an answered request does.
fn batch(pool: &Arc<Pool>, wanted: &Wanted) -> f64 {
    let began = Instant::now();
    for _ in 0..BATCH {
        if let Taken::Granted(Granted { mut lease, leg }) = pool.take(black_box(wanted), &[]) {
            lease.end().outcome = Some(accounts::Outcome::Answered);
            black_box((lease, leg));
        }
    }
    began.elapsed().as_secs_f64() * 1e9 / f64::from(BATCH)
}
