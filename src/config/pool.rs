//! How the pool of accounts is used.

use super::number::number;
use super::problem::Problems;
use super::settings::Raw;

/// How the pool of accounts is used, where nothing else was set while the service ran.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PoolSettings {
    /// `POOL_STRATEGY`: by which rule an account is picked.
    pub strategy: Option<String>,
    /// `QUEUE_WAIT_S` (0–300): how long a request waits for an account while all are busy.
    pub queue_wait: Option<u64>,
    /// `ACCOUNT_CONCURRENT` (1–10000): requests at the same time on each account.
    pub concurrent: Option<u64>,
    /// `ACCOUNT_REQUESTS_PER_MINUTE` (1–100000).
    pub requests_per_minute: Option<u64>,
    /// `ACCOUNT_REQUESTS_PER_DAY` (1–10000000).
    pub requests_per_day: Option<u64>,
    /// `ACCOUNT_TOKENS_PER_DAY` (1–10^12).
    pub tokens_per_day: Option<u64>,
}

/// The names of the rules by which an account may be picked.
pub const STRATEGIES: [&str; 3] = ["least-busy", "round-robin", "fill-first"];

impl PoolSettings {
    pub(super) fn read(raw: &Raw, problems: &mut Problems) -> Self {
        let strategy = raw.pool_strategy.clone().map(|name| name.to_ascii_lowercase());
        if strategy.as_deref().is_some_and(|name| !STRATEGIES.contains(&name)) {
            let mend = format!("write one of {}", STRATEGIES.join(", "));
            problems.add("POOL_STRATEGY", "there is no such strategy", mend);
        }
        let mut read = |name, value: &Option<String>, low, high| {
            value.as_deref().map(|value| number(name, Some(value), low, high, low, problems))
        };
        Self {
            strategy,
            queue_wait: read("QUEUE_WAIT_S", &raw.queue_wait_s, 0, 300),
            concurrent: read("ACCOUNT_CONCURRENT", &raw.account_concurrent, 1, 10_000),
            requests_per_minute: read("ACCOUNT_REQUESTS_PER_MINUTE", &raw.account_requests_per_minute, 1, 100_000),
            requests_per_day: read("ACCOUNT_REQUESTS_PER_DAY", &raw.account_requests_per_day, 1, 10_000_000),
            tokens_per_day: read("ACCOUNT_TOKENS_PER_DAY", &raw.account_tokens_per_day, 1, 1_000_000_000_000),
        }
    }
}
