//! A request → the site's form of it.
//!
//! The whole history travels in `messages[]`, which has no role: what a person said carries `ori_query`, what the model
//! said does not. There is no place for instructions, so they stand before the first thing that the person said.

use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use percent_encoding::NON_ALPHANUMERIC;
use serde::Serialize;

use super::credential::{COOKIE, DEVICE, XSRF_TOKEN};
use super::trouble::{SITE, unsendable};
use crate::accounts::Account;
use crate::chat::{ChatRequest, Fault, FaultKind, Role};
use crate::random;
use crate::upstream::{HeaderName, HeaderValue, Method, Outgoing, address, header};

/// The site's version as its pages send it. No source saw one refused.
const WEB_VERSION: &str = "4.9.0";

/// A current desktop browser, as the site expects.
const USER_AGENT: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0.0.0 Safari/537.36";

/// Without `text/event-stream` in it the answer is empty.
const ACCEPT: &str = "application/json, text/event-stream, text/plain, */*";

/// What is asked when the conversation ends with the model's own words.
const CONTINUE: &str = "请继续。";

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
    deep_search: Option<()>,
    temporary: bool,
    chat_mode: &'static str,
    bucket: Empty,
}

#[derive(Serialize)]
struct Item<'a> {
    mime_type: &'static str,
    content: &'a str,
    meta_data: MetaData<'a>,
    status: &'static str,
}

#[derive(Serialize)]
struct MetaData<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    ori_query: Option<&'a str>,
}

#[derive(Serialize)]
struct Empty {}

/// The request, and the conversation that it opens.
pub fn chat(host: &str, request: &ChatRequest, model: &str, account: &Account) -> Result<(Outgoing, String), Fault> {
    let session = random::hex(16);
    let turns = turns(request)?;
    let body = Body {
        req_id: random::hex(16),
        parent_req_id: "0",
        messages: turns.iter().map(item).collect(),
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
        deep_search: None,
        temporary: false,
        chat_mode: "quick",
        bucket: Empty {},
    };
    let body =
        serde_json::to_vec(&body).map_err(|_| Fault::new(FaultKind::Internal, "the request cannot be written"))?;
    let outgoing = call(Method::POST, &format!("{host}/api/v2/chat"), account, body.into())?;
    Ok((outgoing, session))
}

/// A call to one of the site's endpoints: they all want the same query and the same headers.
pub fn call(method: Method, endpoint: &str, account: &Account, body: Bytes) -> Result<Outgoing, Fault> {
    let device = account.part(DEVICE);
    let nonce = &random::hex(6)[..11];
    let url = format!(
        "{endpoint}?biz_id=ai_qwen&fe_version=1.0.0&chat_client=h5&device=pc&fr=pc&pr=qwen&ut={ut}&la=zh-CN&tz=Asia%2FShanghai\
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

struct Turn {
    person: bool,
    text: String,
}

fn item(turn: &Turn) -> Item<'_> {
    Item {
        mime_type: "text/plain",
        content: &turn.text,
        meta_data: MetaData { ori_query: turn.person.then_some(turn.text.as_str()) },
        status: "complete",
    }
}

/// Folds a conversation into turns of person and model.
fn turns(request: &ChatRequest) -> Result<Vec<Turn>, Fault> {
    let mut instructions = String::new();
    let mut turns: Vec<Turn> = Vec::with_capacity(request.messages.len());
    for message in &request.messages {
        let text = message.content.text();
        if text.is_empty() {
            continue;
        }
        match (message.role, turns.last_mut()) {
            (Role::System, _) => append(&mut instructions, &text),
            (role, Some(last)) if last.person == (role != Role::Assistant) => append(&mut last.text, &text),
            (role, _) => turns.push(Turn { person: role != Role::Assistant, text }),
        }
    }
    if !instructions.is_empty() {
        match turns.iter_mut().find(|turn| turn.person) {
            Some(first) => first.text = format!("{instructions}\n\n{}", first.text),
            None => turns.insert(0, Turn { person: true, text: instructions }),
        }
    }
    match turns.last() {
        None => Err(Fault::request("messages", "`messages` holds no text; write something in at least one message")),
        Some(last) => {
            if !last.person {
                turns.push(Turn { person: true, text: CONTINUE.to_owned() });
            }
            Ok(turns)
        }
    }
}

fn append(text: &mut String, more: &str) {
    if !text.is_empty() {
        text.push_str("\n\n");
    }
    text.push_str(more);
}

#[cfg(test)]
#[path = "encode_tests.rs"]
mod tests;
