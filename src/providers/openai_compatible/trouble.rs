//! A service's errors → faults. Services differ in where they write what; all known forms are read.

use serde_json::Value;

use super::manifest::{ErrorClass, Manifest};
use crate::chat::{AccountTrouble, Fault, FaultKind, snippet};
use crate::upstream::ResponseHead;

/// Words by which a 403, 400 or 429 says that money or an allowance is missing.
const QUOTA: [&str; 6] =
    ["insufficient_quota", "quota exceeded", "balance", "arrear", "credit", "exceeded your current quota"];

/// Words by which an error says that the content filter refused.
const FILTERED: [&str; 4] =
    ["data_inspection_failed", "DataInspectionFailed", "content_filter", "content_policy_violation"];

/// What an error says, wherever it was written.
#[derive(Debug, Default)]
struct Told {
    message: String,
    code: String,
    r#type: String,
    param: Option<String>,
}

/// Reads an error body.
pub fn from_body(manifest: &Manifest, head: &ResponseHead, body: &[u8]) -> Fault {
    let told = match serde_json::from_slice::<Value>(body) {
        Ok(value) => told(&value),
        Err(_) => Told::default(),
    };
    classify(manifest, head, &told)
}

/// Reads an error that came inside an answer, as the raw JSON of its object or text.
pub fn from_json(manifest: &Manifest, head: &ResponseHead, raw: &str) -> Fault {
    let told = serde_json::from_str::<Value>(raw).map(|value| told(&value)).unwrap_or_default();
    classify(manifest, head, &told)
}

/// Whether a JSON value in the place of an error is one.
pub fn is_error(raw: &str) -> bool {
    !matches!(raw, "null" | "false" | "\"\"" | "{}")
}

fn told(value: &Value) -> Told {
    let inner = value.get("error").filter(|error| is_error(&error.to_string())).unwrap_or(value);
    if let Some(text) = inner.as_str() {
        return Told { message: text.to_owned(), ..Told::default() };
    }
    let field = |name: &str| match inner.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let message = ["message", "msg", "detail"].map(field).into_iter().find(|text| !text.is_empty()).unwrap_or_default();
    Told { message, code: field("code"), r#type: field("type"), param: Some(field("param")).filter(|p| !p.is_empty()) }
}

fn classify(manifest: &Manifest, head: &ResponseHead, told: &Told) -> Fault {
    let name = &manifest.name;
    let class = manifest
        .errors
        .iter()
        .find(|rule| rule.code == told.code || rule.code == told.r#type)
        .map_or_else(|| general_class(head, told), |rule| rule.class);
    let what = if told.message.is_empty() { format!("HTTP {}", head.status) } else { snippet(&told.message) };
    let fault = match class {
        ErrorClass::Account => Fault::new(
            FaultKind::Account(AccountTrouble::Expired),
            format!("{name} does not accept the account's key."),
        )
        .with_owner_note("Check the key and what it may do, and set the right one."),
        ErrorClass::Rate => Fault::new(
            FaultKind::Rate { retry_after: head.retry_after },
            format!("{name} says that the account is used too fast."),
        ),
        ErrorClass::Quota => {
            Fault::new(FaultKind::Quota, format!("{name} says that the account's allowance or balance is used up."))
        }
        ErrorClass::ContentFilter => {
            Fault::new(FaultKind::ContentFilter, format!("{name}'s content filter refused the request."))
        }
        ErrorClass::Request => Fault {
            param: told.param.as_deref().map(Into::into),
            ..Fault::new(request_kind(head, told), format!("{name} refused the request: {what}"))
        },
        ErrorClass::Upstream => Fault::new(FaultKind::Upstream, format!("{name} has a fault: {what}")),
    };
    fault.with_status(head.status).with_code_if_any(if told.code.is_empty() { &told.r#type } else { &told.code })
}

fn request_kind(head: &ResponseHead, told: &Told) -> FaultKind {
    let missing = head.status == 404 && told.message.to_lowercase().contains("model");
    if missing || told.code == "model_not_found" { FaultKind::ModelNotFound } else { FaultKind::Request }
}

/// What an error means by what most services mean with it.
fn general_class(head: &ResponseHead, told: &Told) -> ErrorClass {
    let text = format!("{} {} {}", told.code, told.r#type, told.message);
    let lower = text.to_lowercase();
    // In a 200 the body's own number is the status.
    let status = match (head.status, told.code.parse::<u16>()) {
        (200, Ok(code)) if (400..600).contains(&code) => code,
        (status, _) => status,
    };
    if FILTERED.iter().any(|word| text.contains(word)) {
        return ErrorClass::ContentFilter;
    }
    let quota = QUOTA.iter().any(|word| lower.contains(word));
    match status {
        401 => ErrorClass::Account,
        402 => ErrorClass::Quota,
        403 | 429 if quota => ErrorClass::Quota,
        403 => ErrorClass::Account,
        429 => ErrorClass::Rate,
        400..=499 => ErrorClass::Request,
        200 if lower.contains("rate_limit") => ErrorClass::Rate,
        200 if lower.contains("insufficient_quota") => ErrorClass::Quota,
        200 if lower.contains("invalid_request") => ErrorClass::Request,
        _ => ErrorClass::Upstream,
    }
}
