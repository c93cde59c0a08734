//! [`Fault`] → OpenAI's error object and the status that SDKs understand.

use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use utoipa::ToSchema;

use crate::chat::{Fault, FaultKind};

/// The longest `Retry-After` that every SDK honours, in seconds; a longer wait is told as "do not retry".
pub const LONGEST_RETRY_AFTER: u64 = 60;

/// What is told to wait when nobody knows better, in seconds.
const DEFAULT_RETRY_AFTER: u64 = 5;

/// The code by which a model is told that nobody has.
pub const MODEL_NOT_FOUND: Option<&str> = Some("model_not_found");

/// An error as a client gets it.
#[derive(Debug, PartialEq, Eq)]
pub struct ErrorReply {
    /// The HTTP status.
    pub status: u16,
    /// `{"error":{…}}`.
    pub body: Bytes,
    /// Whether and when to try again.
    pub retry: Retry,
}

/// What SDKs are told about trying again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// The SDK's own rule for the status.
    Unsaid,
    /// `Retry-After`, in seconds from 1 to [`LONGEST_RETRY_AFTER`].
    After(u64),
    /// `x-should-retry: false`; waiting this many seconds would help, if known.
    Never(Option<u64>),
}

/// An error, as every route answers it.
#[derive(Serialize, ToSchema)]
#[schema(as = Error)]
pub struct Envelope<'a> {
    error: ErrorObject<'a>,
}

/// What is wrong. All four fields are required by OpenAI's schema.
#[derive(Serialize, ToSchema)]
pub struct ErrorObject<'a> {
    /// What happened and the mend.
    message: &'a str,
    #[schema(example = "invalid_request_error")]
    r#type: &'a str,
    /// The field that is wrong.
    #[schema(required = true)]
    param: Option<&'a str>,
    #[schema(required = true)]
    code: Option<&'a str>,
}

/// Writes `fault` for a caller; `owner` says whether that is the owner.
pub fn reply(fault: &Fault, owner: bool) -> ErrorReply {
    let (status, r#type, code) = class(fault);
    let message = match (&fault.for_owner, owner) {
        (Some(note), true) => format!("{} {note}", fault.message),
        _ => fault.message.to_string(),
    };
    // An upstream's own code is worth more than ours where the caller can act on it.
    let code = match fault.kind {
        FaultKind::Request | FaultKind::Upstream => fault.code.as_deref().or(code),
        _ => code,
    };
    ErrorReply { status, body: object(&message, r#type, fault.param.as_deref(), code), retry: retry(fault, status) }
}

/// The status and the code by which `fault` is told: our own ones, whatever an upstream calls it.
pub fn told(fault: &Fault) -> (u16, Option<&'static str>) {
    let (status, _, code) = class(fault);
    (status, code)
}

/// `{"error":{…}}`.
pub fn object(message: &str, r#type: &str, param: Option<&str>, code: Option<&str>) -> Bytes {
    let envelope = Envelope { error: ErrorObject { message, r#type, param, code } };
    serde_json::to_vec(&envelope).map_or_else(|_| Bytes::from_static(b"{}"), Bytes::from)
}

fn class(fault: &Fault) -> (u16, &'static str, Option<&'static str>) {
    match fault.kind {
        // Not 401 or 403: the caller's key is fine, it is the owner's account upstream that is not.
        FaultKind::Account(_) | FaultKind::Unavailable { .. } => {
            (503, "service_unavailable_error", Some("account_unavailable"))
        }
        FaultKind::Rate { .. } => (429, "rate_limit_error", Some("rate_limit_exceeded")),
        FaultKind::Quota => (429, "insufficient_quota", Some("insufficient_quota")),
        FaultKind::Request => {
            (fault.status.filter(|s| [409, 413, 422].contains(s)).unwrap_or(400), "invalid_request_error", None)
        }
        FaultKind::ModelNotFound => (404, "invalid_request_error", MODEL_NOT_FOUND),
        FaultKind::ContentFilter => (400, "invalid_request_error", Some("content_filter")),
        FaultKind::Upstream => {
            (fault.status.filter(|s| [503, 504].contains(s)).unwrap_or(502), "api_error", Some("upstream_error"))
        }
        FaultKind::Timeout => (504, "api_error", Some("upstream_timeout")),
        FaultKind::Protocol => (502, "api_error", Some("upstream_protocol")),
        FaultKind::Busy => (429, "rate_limit_error", Some("server_is_overloaded")),
        FaultKind::Revoked => (401, "authentication_error", Some("invalid_api_key")),
        FaultKind::Stopping => (503, "service_unavailable_error", Some("server_is_stopping")),
        FaultKind::Internal => (500, "api_error", Some("internal_error")),
    }
}

fn retry(fault: &Fault, status: u16) -> Retry {
    match fault.kind {
        FaultKind::Account(_) | FaultKind::Quota => Retry::Never(None),
        FaultKind::Unavailable { retry_after: None } => Retry::Never(None),
        FaultKind::Rate { retry_after: Some(wait) } | FaultKind::Unavailable { retry_after: Some(wait) }
            if seconds(wait) > LONGEST_RETRY_AFTER =>
        {
            Retry::Never(Some(seconds(wait)))
        }
        FaultKind::Rate { retry_after } | FaultKind::Unavailable { retry_after } => {
            Retry::After(retry_after.map_or(DEFAULT_RETRY_AFTER, |wait| seconds(wait).max(1)))
        }
        _ if status == 429 || status == 503 => Retry::After(DEFAULT_RETRY_AFTER),
        _ => Retry::Unsaid,
    }
}

/// Whole seconds, none too few: who comes back too early is refused once more.
fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::AccountTrouble;

    #[test]
    fn all_four_fields_are_always_there() {
        let told = reply(&Fault::request("messages", "no messages"), false);
        let json: serde_json::Value = serde_json::from_slice(&told.body).unwrap();
        assert_eq!(
            json,
            serde_json::json!({"error": {"message": "no messages", "type": "invalid_request_error", "param": "messages", "code": null}})
        );
    }

    #[test]
    fn only_the_owner_reads_the_owners_note() {
        let fault = Fault::new(FaultKind::Account(AccountTrouble::NeedsOwner), "The account waits for its owner.")
            .with_owner_note("Open https://example.invalid/captcha.");
        let told = |owner| String::from_utf8(reply(&fault, owner).body.to_vec()).unwrap();
        assert!(told(true).contains("captcha") && !told(false).contains("captcha"));
    }

    #[test]
    fn long_waits_are_told_as_do_not_retry() {
        let rate = |secs| Fault::new(FaultKind::Rate { retry_after: Some(Duration::from_secs(secs)) }, "slow down");
        assert_eq!(reply(&rate(7), false).retry, Retry::After(7));
        assert_eq!(reply(&rate(0), false).retry, Retry::After(1));
        let late = Fault::new(FaultKind::Rate { retry_after: Some(Duration::from_millis(6001)) }, "slow down");
        assert_eq!(reply(&late, false).retry, Retry::After(7));
        assert_eq!(reply(&rate(3600), false).retry, Retry::Never(Some(3600)));
        assert_eq!(reply(&Fault::new(FaultKind::Quota, "x"), false).retry, Retry::Never(None));
    }
}
