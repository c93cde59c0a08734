//! What a credential's name asks for: `NAME[~modifier…]`.

use std::time::Duration;

use crate::turn::Turn;

/// How the fake answers one chat request.
#[derive(Clone, Debug, PartialEq)]
pub enum Plan {
    Ok,
    Echo,
    Fixture(String),
    Expired,
    Ex015,
    Status(u16),
    Rate {
        retry_after: Option<u64>,
    },
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
    Guest,
    /// Each request draws its own plan.
    Chaos {
        seed: u64,
        percent: u64,
    },
    BenchPlain,
    Bench(usize),
    /// What a test told the credential to say, one turn for each choice of the answer.
    Say(Vec<Turn>),
    Unknown,
}

/// What the question whether a credential still belongs to a logged-in user is answered with.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Check {
    /// As the chat has it.
    #[default]
    AsChat,
    Ok,
    Expired,
    Guest,
    Broken,
    Stall,
    Waf,
}

/// What goes wrong when a picture is uploaded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum UploadTrouble {
    Deny,
    Expired,
    Oss403,
    Waf,
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
    pub check: Check,
    /// The user whom the credential belongs to.
    pub user: String,
    /// Whether Qianwen's answers replace cookies.
    pub roll: bool,
    /// The answer's text where it is not the usual one, piece by piece.
    pub pieces: Vec<String>,
    pub upload: Option<UploadTrouble>,
}

impl Scenario {
    pub fn parse(name: &str) -> Self {
        let (first, modifiers) = split(name);
        let mut scenario = Self {
            name: name.to_owned(),
            plan: plan(first),
            cut: None,
            drip: None,
            no_list: false,
            check: Check::AsChat,
            user: format!("user-{first}"),
            roll: false,
            pieces: Vec::new(),
            upload: None,
        };
        modifiers.for_each(|modifier| scenario.modify(modifier));
        scenario
    }

    /// The credential `name`, doing what `definition` says. It stays the same user's, unless the definition names one.
    pub fn redefined(name: &str, definition: &str) -> Self {
        let defined = Self::parse(definition);
        let names_user = split(definition).1.any(|modifier| modifier.starts_with(USER));
        let user = if names_user { defined.user.clone() } else { Self::parse(name).user };
        Self { name: name.to_owned(), user, ..defined }
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
        } else if modifier == "roll" {
            self.roll = true;
        } else if let Some(user) = modifier.strip_prefix(USER).filter(|user| !user.is_empty()) {
            user.clone_into(&mut self.user);
        } else if let Some(check) = modifier.strip_prefix("check-").and_then(check) {
            self.check = check;
        } else if let Some(trouble) = modifier.strip_prefix("upload-").and_then(upload_trouble) {
            self.upload = Some(trouble);
        } else {
            self.plan = Plan::Unknown;
        }
    }

    /// Whether the service would call this credential's owner logged out.
    pub fn logged_out(&self) -> bool {
        matches!(self.plan, Plan::Expired | Plan::Ex015 | Plan::Status(401 | 403))
    }
}

const USER: &str = "user-";

fn split(name: &str) -> (&str, impl Iterator<Item = &str>) {
    let mut parts = name.split('~');
    (parts.next().unwrap_or_default(), parts)
}

fn check(name: &str) -> Option<Check> {
    Some(match name {
        "ok" => Check::Ok,
        "expired" => Check::Expired,
        "guest" => Check::Guest,
        "500" => Check::Broken,
        "stall" => Check::Stall,
        "waf" => Check::Waf,
        _ => return None,
    })
}

fn upload_trouble(name: &str) -> Option<UploadTrouble> {
    Some(match name {
        "deny" => UploadTrouble::Deny,
        "expired" => UploadTrouble::Expired,
        "oss403" => UploadTrouble::Oss403,
        "waf" => UploadTrouble::Waf,
        _ => return None,
    })
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
        "guest" => Plan::Guest,
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
    if let Some((seed, percent)) = name.strip_prefix("chaos-").and_then(|rest| rest.split_once('-')) {
        return match (seed.parse(), percent.parse()) {
            (Ok(seed), Ok(percent @ 0..=100)) => Plan::Chaos { seed, percent },
            _ => Plan::Unknown,
        };
    }
    // The limit keeps a slip of the keyboard from filling the memory.
    match number(name, "bench-") {
        Some(events @ 1..=1_000_000) => Plan::Bench(events as usize),
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
    fn a_user_keeps_the_credential_that_changes_its_mind() {
        assert_eq!(Scenario::parse("ok~roll~check-guest").user, "user-ok");
        assert_eq!(Scenario::parse("echo~user-7").user, "7");
        let redefined = Scenario::redefined("alice~user-7", "expired~roll");
        assert_eq!((redefined.name.as_str(), redefined.user.as_str()), ("alice~user-7", "7"));
        assert_eq!((redefined.plan, redefined.roll), (Plan::Expired, true));
        assert_eq!(Scenario::redefined("alice", "ok~user-8").user, "8");
        assert_eq!(Scenario::redefined("alice", "ok").user, "user-alice");
    }

    #[test]
    fn whatever_is_not_understood_is_unknown() {
        let slips = [
            "",
            "okay",
            "bench-",
            "bench-0",
            "ok~fast",
            "ok~cut0",
            "404",
            "ok~check-me",
            "ok~user-",
            "ok~upload-x",
            "chaos-1-101",
        ];
        for name in slips {
            assert_eq!(Scenario::parse(name).plan, Plan::Unknown, "{name}");
        }
    }
}
