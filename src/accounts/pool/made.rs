//! Pools for tests.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use super::*;
use crate::accounts::{Blame, Cause, Class, Deaf, Health};

pub fn account(id: &str, limits: Limits) -> Account {
    Account { provider: "p".into(), limits, ..Account::new(id, None, BTreeMap::new()) }
}

pub fn made(strategy: Strategy, accounts: &[(&str, Limits)], patience: Duration) -> (Arc<Pool>, Wanted) {
    let pool = Pool::new(Rules { strategy, limits: Limits::default(), patience }, Box::new(Deaf));
    for (id, limits) in accounts {
        pool.put(account(id, *limits), Health::new(pool.now()));
    }
    let wanted = Wanted { legs: vec![Leg { group: pool.group("p"), only: None }], conversation: None };
    (pool, wanted)
}

pub fn plain(ids: &'static [&'static str]) -> Vec<(&'static str, Limits)> {
    ids.iter().map(|id| (*id, Limits::default())).collect()
}

pub fn concurrent(most: u32) -> Limits {
    Limits { concurrent: NonZeroU32::new(most), ..Limits::default() }
}

#[track_caller]
pub fn granted(taken: Taken) -> Lease {
    match taken {
        Taken::Granted(granted) => granted.lease,
        other => panic!("no lease: {other:?}"),
    }
}

pub fn failed(class: Class) -> Option<Outcome> {
    let cause = Cause { class, status: None, message: String::new(), remedy: None };
    Some(Outcome::Failed(Blame { cause, retry_after: Some(Duration::from_secs(30)) }))
}

/// Health that waits until `until`.
pub fn resting(until: Millis) -> Health {
    let state = serde_json::json!({"state": "cooling", "until": until});
    let kept =
        serde_json::json!({"enabled": true, "state": state, "cause": null, "strikes": 1, "level": 0, "since": 0});
    serde_json::from_value(kept).unwrap()
}
