//! Counters for whoever watches the service. Their labels come from bounded sets: providers and outcomes.

use std::sync::LazyLock;

use prometheus::{IntCounterVec, Opts, Registry};

/// What one attempt to have a request answered came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// It was answered.
    Answered,
    /// It failed, and that blames the account or its upstream.
    Failed,
    /// It was refused because of what was asked.
    Refused,
    /// The client left before the end.
    Abandoned,
}

impl Attempt {
    const fn name(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::Abandoned => "abandoned",
        }
    }
}

/// Everything that is counted.
struct Counters {
    registry: Registry,
    attempts: IntCounterVec,
    failovers: IntCounterVec,
}

/// A name or a label that prometheus refuses would be a slip of ours; then that one is not shown.
static COUNTERS: LazyLock<Option<Counters>> = LazyLock::new(|| {
    let registry = Registry::new();
    let counter = |name: &str, help: &str, labels: &[&str]| {
        let counter = IntCounterVec::new(Opts::new(name, help), labels).ok()?;
        registry.register(Box::new(counter.clone())).ok()?;
        Some(counter)
    };
    let attempts =
        counter("qianqiao_attempts_total", "Attempts to have a request answered.", &["provider", "outcome"])?;
    let failovers = counter("qianqiao_failovers_total", "Attempts that followed one that had failed.", &["provider"])?;
    Some(Counters { registry, attempts, failovers })
});

/// Counts an attempt at a provider.
pub fn attempt(provider: &str, outcome: Attempt) {
    if let Some(counters) = &*COUNTERS {
        counters.attempts.with_label_values(&[provider, outcome.name()]).inc();
    }
}

/// Counts an attempt at a provider that followed a failed one.
pub fn failover(provider: &str) {
    if let Some(counters) = &*COUNTERS {
        counters.failovers.with_label_values(&[provider]).inc();
    }
}

/// All counters, as Prometheus reads them.
pub fn text() -> String {
    let Some(counters) = &*COUNTERS else { return String::new() };
    prometheus::TextEncoder::new().encode_to_string(&counters.registry.gather()).unwrap_or_default()
}
