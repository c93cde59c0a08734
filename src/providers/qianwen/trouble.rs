//! The site's refusals → faults with a sentence that the owner understands.
//!
//! The body decides, not the status: the site's risk control answers HTTP 200.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::frame::as_text;
use crate::chat::{AccountTrouble, Fault, FaultKind, snippet};
use crate::upstream::ResponseHead;

/// Where the owner signs in.
pub const SITE: &str = "https://www.qianwen.com/";

/// Names under which the site says that nobody is signed in.
const SIGNED_OUT: [&str; 6] =
    ["EX015", "NOT_LOGIN", "LOGIN_TICKET_INVALID", "SESSION_NO_EXIST", "未登录", "tongyi_sso_ticket不能为空"];

/// Signs of the risk control's pages and answers.
const RISK_CONTROL: [&str; 6] =
    ["FAIL_SYS_USER_VALIDATE", "RGV587_ERROR", "rgv587_flag", "_____tmd_____", "aliyun_waf", "\"action\":\"captcha\""];

/// Names under which the site says that it has shut the account.
const BANNED: [&str; 3] = ["ACCOUNT_BLOCKED", "账号已被封禁", "账号已被冻结"];

/// Words with which the site refuses a question.
const REJECTED: [&str; 3] = ["-ZS11403-", "安审拒绝", "input query audit rejected"];

/// Words with which the site says that an allowance is used up.
const QUOTA: [&str; 4] = ["额度不足", "creditNotEnough", "积分不足", "quota"];

/// Words with which the site says that somebody is too fast.
const RATE: [&str; 4] = ["请求过于频繁", "操作频繁", "Too Many Requests", "RateLimit"];

/// The shape shared by the refusals that come as one JSON body.
#[derive(Default, Deserialize)]
struct Refusal<'a> {
    #[serde(borrow)]
    code: Option<&'a RawValue>,
    #[serde(borrow, rename = "errorCode")]
    error_name: Option<&'a RawValue>,
    #[serde(borrow, rename = "errorMsg")]
    error_text: Option<&'a RawValue>,
    #[serde(borrow)]
    error_code: Option<&'a RawValue>,
    #[serde(borrow)]
    error_msg: Option<&'a RawValue>,
    #[serde(borrow)]
    msg: Option<&'a RawValue>,
    data: Option<Punishment>,
}

#[derive(Deserialize)]
struct Punishment {
    url: Option<String>,
}

/// Reads a body that is no stream of events.
pub fn from_body(head: &ResponseHead, body: &[u8]) -> Fault {
    let text = String::from_utf8_lossy(body);
    if is_risk_control(body) {
        let refusal: Refusal<'_> = serde_json::from_str(&text).unwrap_or_default();
        return risk_control(refusal.data.and_then(|data| data.url).as_deref()).with_status(head.status);
    }
    let refusal: Option<Refusal<'_>> = serde_json::from_str(&text).ok();
    let told = refusal.as_ref().and_then(|refusal| {
        let code = [refusal.error_code, refusal.error_name, refusal.code].map(as_text);
        let message = [refusal.error_msg, refusal.error_text, refusal.msg].map(as_text);
        let first = |texts: [String; 3]| texts.into_iter().find(|text| !text.is_empty()).unwrap_or_default();
        let (code, message) = (first(code), first(message));
        (!code.is_empty() || !message.is_empty()).then(|| from_code(&code, &message))
    });
    let told = told.map(|fault| match fault.kind {
        FaultKind::Rate { retry_after: None } => {
            Fault { kind: FaultKind::Rate { retry_after: head.retry_after }, ..fault }
        }
        _ => fault,
    });
    match (told, head.status) {
        (Some(fault), status) if !matches!(fault.kind, FaultKind::Upstream) || status == 200 => {
            fault.with_status(status)
        }
        (_, status) => from_status(status, head).with_status(status),
    }
}

/// Whether a body is the risk control's.
pub fn is_risk_control(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    RISK_CONTROL.iter().any(|sign| text.contains(sign))
}

/// Reads an error code and its text, of a body or of a frame.
pub fn from_code(code: &str, message: &str) -> Fault {
    let says = |words: &[&str]| words.iter().any(|word| code.contains(word) || message.contains(word));
    let fault = if says(&SIGNED_OUT) {
        expired()
    } else if says(&BANNED) {
        banned()
    } else if says(&RISK_CONTROL) {
        risk_control(None)
    } else if says(&REJECTED) {
        rejected()
    } else if code == "15001" || says(&QUOTA) {
        Fault::new(FaultKind::Quota, "Qianwen says that the account's allowance is used up.")
    } else if code == "429" || says(&RATE) {
        Fault::new(FaultKind::Rate { retry_after: None }, "Qianwen says that the account is used too fast.")
    } else {
        Fault::new(FaultKind::Upstream, format!("Qianwen answered with error {}: {}", snippet(code), snippet(message)))
    };
    fault.with_code_if_any(code)
}

fn from_status(status: u16, head: &ResponseHead) -> Fault {
    match status {
        401 | 403 => expired(),
        429 => Fault::new(
            FaultKind::Rate { retry_after: head.retry_after },
            "Qianwen says that the account is used too fast (HTTP 429).",
        ),
        413 => Fault::request("messages", "Qianwen refused the conversation as too large (HTTP 413); shorten it."),
        500..=599 => {
            Fault::new(FaultKind::Upstream, format!("Qianwen itself has a fault (HTTP {status}); try again later."))
        }
        _ => protocol(&format!("HTTP {status} with an unknown body")),
    }
}

/// The credential is missing, wrong or expired.
pub fn expired() -> Fault {
    Fault::new(
        FaultKind::Account(AccountTrouble::Expired),
        "Qianwen does not accept the account's cookie: it has expired, is incomplete, or the site now wants more.",
    )
    .with_owner_note(format!("Sign in at {SITE} and paste the new cookie."))
}

/// The credential holds what no header can carry.
pub fn unsendable() -> Fault {
    Fault::new(
        FaultKind::Account(AccountTrouble::Expired),
        "The account's cookie holds characters that a header cannot carry, so it cannot be sent.",
    )
    .with_owner_note(format!("Sign in at {SITE} and paste the new cookie."))
}

/// The site took the account for a guest.
pub fn guest() -> Fault {
    Fault::new(
        FaultKind::Account(AccountTrouble::Expired),
        "Qianwen takes the account for a guest: its sign-in is not accepted any more.",
    )
    .with_owner_note(format!("Sign in at {SITE} and paste the new cookie."))
    .with_code("guest_answer")
}

/// The site wants to see a person.
pub fn risk_control(page: Option<&str>) -> Fault {
    let page = page.filter(|page| page.starts_with("https://") || page.starts_with("http://")).unwrap_or(SITE);
    Fault::new(
        FaultKind::Account(AccountTrouble::NeedsOwner),
        "Qianwen's risk control wants to see a person; the account waits for its owner.",
    )
    .with_owner_note(format!(
        "Open {page} in the browser that is signed in, pass the check there, then paste the cookie again \
         (its x5sec part is the pass, good for about 20 minutes), or wait until the site calms down."
    ))
}

/// The site has shut the account.
pub fn banned() -> Fault {
    Fault::new(FaultKind::Account(AccountTrouble::Banned), "Qianwen says that it has blocked the account.")
        .with_owner_note(format!(
            "Sign in at {SITE} and see what it says; then switch the account on again, or delete it."
        ))
}

/// The site's content filter refused the question.
pub fn rejected() -> Fault {
    Fault::new(FaultKind::ContentFilter, "Qianwen's content filter refused the request.")
}

/// Whether a whole answer is really the content filter's refusal.
pub fn is_rejection(answer: &str) -> bool {
    let answer = answer.trim_start();
    REJECTED.iter().any(|words| answer.starts_with(words))
}

/// The site speaks in a way that we do not know.
pub fn protocol(what: &str) -> Fault {
    Fault::new(
        FaultKind::Protocol,
        format!("Qianwen answered in an unknown way ({what}); the site may have changed, look for a newer version."),
    )
}

/// The site answered with nothing at all.
pub fn empty() -> Fault {
    Fault::new(
        FaultKind::Upstream,
        "Qianwen answered with nothing; it may have changed, or refuse the account silently.",
    )
    .with_code("empty_answer")
}

/// The answer broke off.
pub fn truncated() -> Fault {
    Fault::new(FaultKind::Upstream, "Qianwen's answer broke off before its end.").with_code("truncated_answer")
}
