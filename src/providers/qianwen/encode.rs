//! A request → the site's form of it.
//!
//! The whole history travels in `messages[]`, which has no role: what a person said carries `ori_query`, what the model
//! said does not. There is no place for instructions, so they stand before the first thing that the person said.

use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use percent_encoding::NON_ALPHANUMERIC;
use serde::Serialize;

use super::credential::{COOKIE, DEVICE, XSRF_TOKEN};
use super::resource::Resource;
use super::trouble::{SITE, unsendable};
use super::turns::{Turn, turns};
use crate::accounts::Account;
use crate::chat::{ChatRequest, Fault, FaultKind};
use crate::random;
use crate::upstream::{HeaderName, HeaderValue, Method, Outgoing, address, header};

/// The site's version as its pages send it. No source saw one refused.
const WEB_VERSION: &str = "4.9.0";

/// A current desktop browser, as the site expects.
const USER_AGENT: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0.0.0 Safari/537.36";

/// Without `text/event-stream` in it the answer is empty.
const ACCEPT: &str = "application/json, text/event-stream, text/plain, */*";

/// `deep_search` of the site's thinking button, as captured in 2026-05 (W2A). Pages since 4.2 send `chat_mode` instead,
/// whose value for thinking gave garbage when it was tried (AUR, 2026-08), so that one is left out beside it. That
/// thinking can be switched on in this way today is unproven.
const THINKS: &str = "1";

/// `chat_mode` of an ordinary question, beside a `deep_search` of null (AUR, captured in 2026-08): no thinking comes.
const QUICK: &str = "quick";

#[derive(Serialize)]
struct Body<'a> {
    req_id: String,
    parent_req_id: &'static str,
    messages: Vec<Item<'a>>,
    scene: &'static str,
    sub_scene: &'static str,
    scene_param: &'static str,
    session_id: &'a str,
    biz_id: &'static str,
    topic_id: String,
    model: &'a str,
    from: &'static str,
    protocol_version: &'static str,
    messages_merge: bool,
    chat_client: &'static str,
    deep_search: Option<&'static str>,
    temporary: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    chat_mode: Option<&'static str>,
    bucket: Empty,
    /// Sent only where somebody asked: the name comes from one family of clients (C2A, 2026-02 to 04), no page was seen
    /// to send it, and that it does anything is unproven. Without it the site searches as it sees fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    enable_search: Option<bool>,
}

#[derive(Serialize)]
struct Item<'a> {
    mime_type: &'static str,
    content: &'a str,
    meta_data: MetaData<'a>,
    status: &'static str,
}

#[derive(Default, Serialize)]
struct MetaData<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    ori_query: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_infos: Option<&'a [Resource<'a>]>,
}

#[derive(Serialize)]
struct Empty {}

/// The request, and the conversation that it opens.
pub fn chat(host: &str, request: &ChatRequest, model: &str, account: &Account) -> Result<(Outgoing, String), Fault> {
    let session = random::hex(16);
    let turns = turns(request)?;
    let (deep_search, chat_mode) = depth(request.thinking);
    let body = Body {
        req_id: random::hex(16),
        parent_req_id: "0",
        messages: turns.iter().flat_map(items).collect(),
        scene: "chat",
        sub_scene: "",
        scene_param: "first_turn",
        session_id: &session,
        biz_id: "ai_qwen",
        topic_id: random::hex(16),
        model,
        from: "default",
        protocol_version: "v2",
        messages_merge: false,
        chat_client: "h5",
        deep_search,
        temporary: false,
        chat_mode,
        bucket: Empty {},
        enable_search: request.search,
    };
    let body =
        serde_json::to_vec(&body).map_err(|_| Fault::new(FaultKind::Internal, "the request cannot be written"))?;
    let outgoing = call(Method::POST, &format!("{host}/api/v2/chat"), account, body.into())?;
    Ok((outgoing, session))
}

/// `deep_search` and `chat_mode`: the older way only where thinking is asked for in so many words.
fn depth(thinking: Option<bool>) -> (Option<&'static str>, Option<&'static str>) {
    if thinking == Some(true) { (Some(THINKS), None) } else { (None, Some(QUICK)) }
}

/// A call to one of the site's endpoints: they all want the same query and the same headers. The endpoint may have a
/// query of its own.
pub fn call(method: Method, endpoint: &str, account: &Account, body: Bytes) -> Result<Outgoing, Fault> {
    let device = account.part(DEVICE);
    let nonce = &random::hex(6)[..11];
    let mark = if endpoint.contains('?') { '&' } else { '?' };
    let url = format!(
        "{endpoint}{mark}biz_id=ai_qwen&fe_version=1.0.0&chat_client=h5&device=pc&fr=pc&pr=qwen&ut={ut}&la=zh-CN&tz=Asia%2FShanghai\
         &wv={WEB_VERSION}&ve={WEB_VERSION}&nonce={nonce}&timestamp={now}",
        ut = percent_encoding::utf8_percent_encode(device, NON_ALPHANUMERIC),
        now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |passed| passed.as_millis()),
    );
    let mut headers = vec![
        (header::COOKIE, secret(account.part(COOKIE))?),
        (header::ACCEPT, HeaderValue::from_static(ACCEPT)),
        (header::ORIGIN, HeaderValue::from_static("https://www.qianwen.com")),
        (header::REFERER, HeaderValue::from_static(SITE)),
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::USER_AGENT, HeaderValue::from_static(USER_AGENT)),
        (header::ACCEPT_ENCODING, HeaderValue::from_static("identity")),
        (HeaderName::from_static("x-platform"), HeaderValue::from_static("pc_tongyi")),
        (HeaderName::from_static("prod_id"), HeaderValue::from_static("tongyi")),
        (HeaderName::from_static("x-device-id"), secret(device)?),
    ];
    if !account.part(XSRF_TOKEN).is_empty() {
        headers.push((HeaderName::from_static("x-xsrf-token"), secret(account.part(XSRF_TOKEN))?));
    }
    Ok(Outgoing { method, url: address(&url)?, headers, body })
}

/// A header value that is never printed. Cookies may hold any byte but control characters.
fn secret(text: &str) -> Result<HeaderValue, Fault> {
    let mut value = HeaderValue::from_bytes(text.as_bytes()).map_err(|_| unsendable())?;
    value.set_sensitive(true);
    Ok(value)
}

/// The messages of a turn: pictures stand before what is said about them.
fn items<'a>(turn: &'a Turn<'a>) -> impl Iterator<Item = Item<'a>> {
    let shown = (!turn.pictures.is_empty()).then(|| Item {
        mime_type: "image/url",
        content: "",
        meta_data: MetaData { resource_infos: Some(&turn.pictures), ..MetaData::default() },
        status: "complete",
    });
    let said = (!turn.text.is_empty()).then(|| Item {
        mime_type: "text/plain",
        content: &turn.text,
        meta_data: MetaData { ori_query: turn.person.then_some(turn.text.as_str()), ..MetaData::default() },
        status: "complete",
    });
    shown.into_iter().chain(said)
}

#[cfg(test)]
#[path = "encode_tests.rs"]
mod tests;
