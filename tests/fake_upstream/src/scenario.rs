//! What a credential's name asks for: `NAME[~modifier…]`.

use std::time::Duration;

/// How the fake answers one chat request.
#[derive(Clone, Debug, PartialEq)]
pub enum Plan {
    Ok,
    Echo,
    Fixture(String),
    Expired,
    Ex015,
    Status(u16),
    Rate { retry_after: Option<u64> },
    Quota,
    WafJson,
    WafHtml,
    Empty,
    Truncated,
    Malformed,
    ResetBefore,
    ResetAfterHeaders,
    ResetMid,
    StallBefore,
    StallHeaders,
    StallMid,
    Hold,
    Endless,
    SlowFirst(Duration),
    BenchPlain,
    Bench(usize),
    Unknown,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// The credential as it came, modifiers included; the journal counts by it.
    pub name: String,
    pub plan: Plan,
    /// Bytes per write, each piece a chunk of its own.
    pub cut: Option<usize>,
    /// The pause between two frames.
    pub drip: Option<Duration>,
    /// Whether the model list is refused to this credential.
    pub no_list: bool,
}

impl Scenario {
    pub fn parse(name: &str) -> Self {
        let mut parts = name.split('~');
        let plan = plan(parts.next().unwrap_or_default());
        let mut scenario = Self { name: name.to_owned(), plan, cut: None, drip: None, no_list: false };
        for modifier in parts {
            scenario.modify(modifier);
        }
        scenario
    }

    fn modify(&mut self, modifier: &str) {
        let cut = number(modifier, "cut").filter(|bytes| *bytes > 0);
        let drip = number(modifier, "drip");
        if let Some(bytes) = cut {
            self.cut = Some(bytes as usize);
        } else if let Some(millis) = drip {
            self.drip = Some(Duration::from_millis(millis));
        } else if modifier == "nolist" {
            self.no_list = true;
        } else {
            self.plan = Plan::Unknown;
        }
    }

    /// Whether the service would call this credential's owner logged out.
    pub fn logged_out(&self) -> bool {
        matches!(self.plan, Plan::Expired | Plan::Ex015 | Plan::Status(401 | 403))
    }
}

fn plan(name: &str) -> Plan {
    match name {
        "ok" => Plan::Ok,
        "echo" => Plan::Echo,
        "expired" => Plan::Expired,
        "ex015" => Plan::Ex015,
        "401" | "403" | "500" | "503" => Plan::Status(name.parse().unwrap_or(500)),
        "429" => Plan::Rate { retry_after: None },
        "quota" => Plan::Quota,
        "waf-json" => Plan::WafJson,
        "waf-html" => Plan::WafHtml,
        "empty" => Plan::Empty,
        "truncated" => Plan::Truncated,
        "malformed" => Plan::Malformed,
        "reset-before" => Plan::ResetBefore,
        "reset-after-headers" => Plan::ResetAfterHeaders,
        "reset-mid" => Plan::ResetMid,
        "stall-before" => Plan::StallBefore,
        "stall-headers" => Plan::StallHeaders,
        "stall-mid" => Plan::StallMid,
        "hold" => Plan::Hold,
        "endless" => Plan::Endless,
        "bench-plain" => Plan::BenchPlain,
        _ => plan_with_argument(name),
    }
}

fn plan_with_argument(name: &str) -> Plan {
    if let Some(file) = name.strip_prefix("fixture-") {
        return Plan::Fixture(file.to_owned());
    }
    if let Some(seconds) = number(name, "429-after-") {
        return Plan::Rate { retry_after: Some(seconds) };
    }
    if let Some(millis) = number(name, "slow-first-") {
        return Plan::SlowFirst(Duration::from_millis(millis));
    }
    // The limit keeps a slip of the keyboard from filling the memory.
    match number(name, "bench-") {
        Some(events @ 1..=100_000) => Plan::Bench(events as usize),
        _ => Plan::Unknown,
    }
}

fn number(text: &str, prefix: &str) -> Option<u64> {
    text.strip_prefix(prefix)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_modifiers_are_told_apart() {
        let scenario = Scenario::parse("fixture-crlf_framing~cut7~drip50");
        assert_eq!(scenario.plan, Plan::Fixture("crlf_framing".into()));
        assert_eq!(scenario.cut, Some(7));
        assert_eq!(scenario.drip, Some(Duration::from_millis(50)));
        assert_eq!(scenario.name, "fixture-crlf_framing~cut7~drip50");
    }

    #[test]
    fn arguments_are_numbers() {
        let after = Plan::Rate { retry_after: Some(7) };
        assert_eq!(Scenario::parse("429-after-7").plan, after);
        assert_eq!(Scenario::parse("bench-32").plan, Plan::Bench(32));
        assert_eq!(Scenario::parse("bench-plain").plan, Plan::BenchPlain);
        assert_eq!(Scenario::parse("401").plan, Plan::Status(401));
    }

    #[test]
    fn whatever_is_not_understood_is_unknown() {
        for name in ["", "okay", "bench-", "bench-0", "ok~fast", "ok~cut0", "404"] {
            assert_eq!(Scenario::parse(name).plan, Plan::Unknown, "{name}");
        }
    }
}
