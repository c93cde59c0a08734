//! Counters for whoever watches the service. Their labels come from bounded sets: providers and outcomes.

use std::sync::LazyLock;

use prometheus::{IntCounter, IntCounterVec, Opts, Registry};

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

/// One provider's counters, looked up once: a look at every request would cost more than the counting.
#[derive(Debug, Default)]
pub struct Outcomes {
    attempts: [Option<IntCounter>; 4],
    failovers: Option<IntCounter>,
}

impl Outcomes {
    /// The counters of the provider with this id.
    pub fn of(provider: &str) -> Self {
        let Some(counters) = &*COUNTERS else { return Self::default() };
        let attempt =
            |outcome: Attempt| counters.attempts.get_metric_with_label_values(&[provider, outcome.name()]).ok();
        Self {
            attempts: [Attempt::Answered, Attempt::Failed, Attempt::Refused, Attempt::Abandoned].map(attempt),
            failovers: counters.failovers.get_metric_with_label_values(&[provider]).ok(),
        }
    }

    /// Counts an attempt.
    pub fn attempt(&self, outcome: Attempt) {
        if let Some(counter) = &self.attempts[outcome as usize] {
            counter.inc();
        }
    }

    /// Counts an attempt that followed a failed one.
    pub fn failover(&self) {
        if let Some(counter) = &self.failovers {
            counter.inc();
        }
    }
}

/// All counters, as Prometheus reads them.
pub fn text() -> String {
    let Some(counters) = &*COUNTERS else { return String::new() };
    prometheus::TextEncoder::new().encode_to_string(&counters.registry.gather()).unwrap_or_default()
}
