//! The Qianwen web chat, generation 3: the requests it accepts and what it answers.

use serde_json::{Value, json};

use crate::answer::{Answer, HTML};
use crate::qianwen_frames::{self as frames, Ids};
use crate::qianwen_member as member;
use crate::qianwen_turn;
use crate::request::{Line, Request};
use crate::routes::{Context, unknown};
use crate::scenario::{Plan, Scenario};
use crate::text::{GUEST_TEXT, OK_TEXT};

/// The page that a person would have to open; it leads nowhere.
pub const PUNISH_URL: &str = "https://chat2.qianwen.com:443//api/v2/chat/_____tmd_____/punish\
?x5secdata=xcFake&x5step=2&action=captcha&pureCaptcha=";
const WAF_PAGE: &str = "<!DOCTYPE html><html><body>\
<script>window._config_ = {\"action\":\"captcha\"};</script><!--rgv587_flag:sm--></body></html>";

pub fn scenario(line: &Line, context: &Context) -> Scenario {
    context.credentials.scenario(line.cookie("tongyi_sso_ticket").unwrap_or_default())
}

pub fn chat(request: &Request, scenario: &Scenario, context: &Context) -> Answer {
    member::rolled(said(request, scenario, context), scenario, context)
}

/// The checks are those that the site makes, in its order: the firewall before the account.
fn said(request: &Request, scenario: &Scenario, context: &Context) -> Answer {
    let line = &*request.line;
    let accept = line.header("accept").unwrap_or_default();
    if line.header("origin").is_none() {
        return risk_control();
    }
    if !accept.contains("text/event-stream") {
        return nothing();
    }
    if line.parameter("ut").unwrap_or_default().is_empty() {
        return frames::silent();
    }
    if scenario.name.is_empty() {
        return signature_error();
    }
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let Some(messages) = body["messages"].as_array().filter(|list| !list.is_empty()) else {
        return frames::error(400, "invalid request: messages");
    };
    let ids = Ids::of(&body);
    context.journal.session_created(&ids.session);
    let answer = refusal(&scenario.plan);
    answer.unwrap_or_else(|| output(scenario, messages, &ids, context))
}

/// The answers in which nothing is said.
fn refusal(plan: &Plan) -> Option<Answer> {
    Some(match plan {
        Plan::Expired => not_login(),
        Plan::Ex015 => signature_error(),
        Plan::Status(status @ (401 | 403)) => Answer::body(*status, HTML, ""),
        Plan::Status(status) => {
            let page = format!("<html><body><h1>{status}</h1></body></html>");
            Answer::body(*status, HTML, page)
        }
        Plan::Rate { retry_after } => {
            Answer::json(429, &json!({"code": 429, "msg": "Too Many Requests"})).retry_after(*retry_after)
        }
        Plan::Quota => frames::error(15001, "额度不足"),
        Plan::WafJson => risk_control(),
        Plan::WafHtml => Answer::body(200, HTML, WAF_PAGE),
        Plan::Empty => nothing(),
        _ => return None,
    })
}

fn output(scenario: &Scenario, messages: &[Value], ids: &Ids, context: &Context) -> Answer {
    match &scenario.plan {
        Plan::Fixture(name) => context.fixture("qianwen", name),
        Plan::Bench(events) => context.bench.qianwen(*events),
        Plan::BenchPlain => context.bench.qianwen_plain(),
        Plan::Echo => frames::echo(&last_text(messages), ids),
        Plan::Say(turns) => turns.first().map_or_else(nothing, |turn| qianwen_turn::answer(turn, ids)),
        Plan::Guest => member::as_guest(frames::answer(GUEST_TEXT, ids)),
        Plan::Unknown => unknown(scenario),
        _ if !scenario.pieces.is_empty() => frames::marked(&scenario.pieces, ids),
        _ => frames::answer(OK_TEXT, ids),
    }
}

fn last_text(messages: &[Value]) -> String {
    let last = messages.iter().rev();
    let mut texts = last.filter_map(|message| message["content"].as_str());
    texts.next().unwrap_or_default().to_owned()
}

/// HTTP 200 with `Content-Length: 0`.
fn nothing() -> Answer {
    Answer::body(200, crate::answer::EVENT_STREAM, "")
}

pub fn risk_control() -> Answer {
    let busy = "RGV587_ERROR::SM::哎哟喂,被挤爆啦,请稍后重试";
    let body = json!({"ret": ["FAIL_SYS_USER_VALIDATE", busy], "data": {"url": PUNISH_URL}});
    Answer::json(200, &body)
}

fn signature_error() -> Answer {
    Answer::json(403, &json!({"code": "EX015", "msg": "signature error"}))
}

pub fn not_login() -> Answer {
    let body = json!({"errorCode": "NOT_LOGIN", "errorMsg": "未登录", "failed": true, "success": false});
    Answer::json(200, &body)
}

/// The list works logged out, but not without a device id.
pub fn models(line: &Line, scenario: &Scenario) -> Answer {
    if line.parameter("ut").unwrap_or_default().is_empty() {
        return Answer::json(400, &json!({"code": 400, "msg": "ut is required", "success": false}));
    }
    if scenario.no_list {
        return Answer::body(404, HTML, "<html><body><h1>404</h1></body></html>");
    }
    let model = |code: &str, name: &str, default: bool| {
        json!({
            "modelCode": code, "displayModelName": name, "legacyModelCode": "",
            "show": true, "defaultModel": default, "supportMultiModal": default, "describe": "",
        })
    };
    let list = [
        model("Qwen", "Qwen3.7-千问", true),
        model("Qwen3.8-Max", "Qwen3.8-Max", false),
        model("Qwen3.7-Max", "Qwen3.7-Max", false),
        model("Qwen3.6-Flash", "Qwen3.6-Flash", false),
    ];
    Answer::json(200, &json!({"code": 0, "data": list, "msg": "", "success": true}))
}

pub fn delete_sessions(request: &Request, scenario: &Scenario, context: &Context) -> Answer {
    if scenario.name.is_empty() || scenario.logged_out() {
        return not_login();
    }
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let ids = body["session_ids"].as_array().into_iter().flatten();
    for id in ids.filter_map(Value::as_str) {
        context.journal.session_deleted(id);
    }
    Answer::json(200, &json!({"code": 0, "success": true, "msg": ""}))
}
