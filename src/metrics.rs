//! Counters for whoever watches the service. Their labels come from bounded sets: providers and outcomes.

use std::fmt::Write;
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

use prometheus::{IntCounter, IntCounterVec, Opts, Registry};

use crate::counts::{BOUNDS_MS, Counts, Histogram, Outcome};

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

/// When the service has started, in seconds since 1970.
static STARTED: LazyLock<u64> =
    LazyLock::new(|| SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |passed| passed.as_secs()));

/// The service has started now.
pub fn started() {
    LazyLock::force(&STARTED);
}

/// Which version this is, and since when it runs.
pub fn about(out: &mut String) {
    let version = env!("CARGO_PKG_VERSION");
    family(out, "qianqiao_build_info", "gauge", "Which version this is.");
    let _ = writeln!(out, "qianqiao_build_info{{version=\"{version}\"}} 1");
    gauge(out, "process_start_time_seconds", "When the service started, in seconds since 1970.", *STARTED);
}

/// What calls came to: `first_token_ms` and `total_ms` are the sums of what their histograms hold.
pub fn calls(out: &mut String, counts: &Counts, first_token_ms: u64, total_ms: u64) {
    family(out, "qianqiao_requests_total", "counter", "Completions that have ended.");
    for outcome in Outcome::ALL {
        let (name, count) = (outcome.name(), counts.of(outcome));
        let _ = writeln!(out, "qianqiao_requests_total{{outcome=\"{name}\"}} {count}");
    }
    family(out, "qianqiao_tokens_total", "counter", "Tokens; those of the thinking are among those of the completion.");
    let kinds = [("prompt", counts.prompt), ("completion", counts.completion), ("reasoning", counts.reasoning)];
    for (kind, count) in kinds {
        let _ = writeln!(out, "qianqiao_tokens_total{{kind=\"{kind}\"}} {count}");
    }
    let help = "How long completions took that were answered.";
    histogram(out, "qianqiao_request_seconds", help, &counts.total, total_ms);
    let help = "How long the first output took, from the moment the request was read.";
    histogram(out, "qianqiao_first_token_seconds", help, &counts.first_token, first_token_ms);
}

/// What is as it is at this moment.
pub fn gauge(out: &mut String, name: &str, help: &str, value: u64) {
    family(out, name, "gauge", help);
    let _ = writeln!(out, "{name} {value}");
}

/// Begins a family of figures.
pub fn family(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn histogram(out: &mut String, name: &str, help: &str, spread: &Histogram, sum_ms: u64) {
    family(out, name, "histogram", help);
    let mut below = 0;
    for (count, bound) in spread.0.iter().zip(BOUNDS_MS) {
        below += count;
        let _ = writeln!(out, "{name}_bucket{{le=\"{}.{:03}\"}} {below}", bound / 1000, bound % 1000);
    }
    let all = spread.total();
    let _ = writeln!(out, "{name}_bucket{{le=\"+Inf\"}} {all}");
    let _ = writeln!(out, "{name}_sum {}.{:03}\n{name}_count {all}", sum_ms / 1000, sum_ms % 1000);
}

/// All counters, as Prometheus reads them.
pub fn text() -> String {
    let Some(counters) = &*COUNTERS else { return String::new() };
    prometheus::TextEncoder::new().encode_to_string(&counters.registry.gather()).unwrap_or_default()
}
