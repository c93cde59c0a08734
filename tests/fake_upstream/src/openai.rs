//! An OpenAI-compatible service: the requests it accepts and what it answers.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::answer::{Answer, Frame, Further, HTML, JSON, nothing_further};
use crate::oauth;
use crate::openai_turn;
use crate::request::{Line, Request};
use crate::routes::{Context, unknown};
use crate::scenario::{Check, Plan, Scenario};
use crate::text::{self, OK_PIECES, OK_TEXT, OK_USAGE};

/// Without a key the scenario is `ok`, as at a local server that asks for none.
pub fn scenario(line: &Line, context: &Context) -> Scenario {
    let header = line.header("authorization").unwrap_or("Bearer sk-ok");
    let key = header.strip_prefix("Bearer ").unwrap_or_default();
    oauth::scenario(key.strip_prefix("sk-").unwrap_or_default(), context)
}

/// What of a request shapes its answer.
pub struct Asked {
    pub model: String,
    pub stream: bool,
    pub usage: bool,
}

pub fn chat(request: &Request, scenario: &Scenario, context: &Context) -> Answer {
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let Some(messages) = body["messages"].as_array().filter(|list| !list.is_empty()) else {
        let message = "We could not parse the JSON body of your request.";
        return error(400, message, "invalid_request_error", None);
    };
    let asked = Asked {
        model: body["model"].as_str().unwrap_or_default().to_owned(),
        stream: body["stream"].as_bool().unwrap_or_default(),
        usage: body["stream_options"]["include_usage"] == true,
    };
    let answer = refusal(&scenario.plan, &asked);
    answer.unwrap_or_else(|| output(scenario, messages, &asked, context))
}

fn refusal(plan: &Plan, asked: &Asked) -> Option<Answer> {
    let invalid_key = |status| {
        let message = "Incorrect API key provided.";
        error(status, message, "invalid_request_error", Some("invalid_api_key"))
    };
    Some(match plan {
        Plan::Expired => invalid_key(401),
        Plan::Status(status @ (401 | 403)) => invalid_key(*status),
        Plan::Status(status) => error(*status, "The server had an error.", "server_error", None),
        Plan::Rate { retry_after } => {
            let (kind, code) = ("requests", Some("rate_limit_exceeded"));
            error(429, "Rate limit reached for requests.", kind, code).retry_after(*retry_after)
        }
        Plan::Quota => {
            let kind = "insufficient_quota";
            error(429, "You exceeded your current quota.", kind, Some(kind))
        }
        Plan::WafHtml => sign_in(),
        Plan::Empty if asked.stream => Answer::body(200, crate::answer::EVENT_STREAM, ""),
        Plan::Empty => Answer::body(200, JSON, ""),
        Plan::Malformed if !asked.stream => Answer::body(200, JSON, "{\"id\":\"x\",\"choices\":[{"),
        _ => return None,
    })
}

fn sign_in() -> Answer {
    Answer::body(200, HTML, "<html><body>Sign in</body></html>")
}

fn output(scenario: &Scenario, messages: &[Value], asked: &Asked, context: &Context) -> Answer {
    match &scenario.plan {
        Plan::Fixture(name) => context.fixture("openai_compatible", name),
        Plan::Bench(events) => context.bench.openai(*events, asked),
        Plan::BenchPlain => context.bench.openai_plain(asked),
        Plan::Echo => answer(&last_text(messages), asked),
        Plan::Say(turns) => openai_turn::answer(turns, asked),
        Plan::Unknown | Plan::Ex015 | Plan::WafJson | Plan::Guest => unknown(scenario),
        _ if !scenario.pieces.is_empty() => marked(&scenario.pieces, asked),
        _ => answer(OK_TEXT, asked),
    }
}

fn last_text(messages: &[Value]) -> String {
    let mut users = messages.iter().rev().filter(|message| message["role"] == "user");
    let Some(content) = users.next().map(|message| &message["content"]) else {
        return String::new();
    };
    if let Some(text) = content.as_str() {
        return text.to_owned();
    }
    let parts = content.as_array().into_iter().flatten();
    parts.filter_map(|part| part["text"].as_str()).collect()
}

pub fn answer(said: &str, asked: &Asked) -> Answer {
    if asked.stream {
        let pieces = text::pieces(said, OK_PIECES);
        Answer::stream(frames(pieces.into_iter(), asked), SOME, further(&asked.model))
    } else {
        plain(said, asked)
    }
}

/// One delta for each piece.
fn marked(pieces: &[String], asked: &Asked) -> Answer {
    if !asked.stream {
        return plain(&pieces.concat(), asked);
    }
    Answer::stream(frames(pieces.iter().map(String::as_str), asked), SOME, nothing_further())
}

pub fn plain(said: &str, asked: &Asked) -> Answer {
    let said = Value::from(said);
    let message = format!(r#"{{"role":"assistant","content":{said},"refusal":null}}"#);
    let choice = format!(r#"{{"index":0,"message":{message},"logprobs":null,"finish_reason":"stop"}}"#);
    completion(&choice, asked)
}

/// A whole answer with these choices.
pub fn completion(choices: &str, asked: &Asked) -> Answer {
    let model = Value::from(asked.model.as_str());
    let head = format!(r#""id":"{ID}","object":"chat.completion","created":{CREATED},"model":{model}"#);
    let usage = usage();
    Answer::body(200, JSON, format!(r#"{{{head},"choices":[{choices}],"usage":{usage}}}"#))
}

const ID: &str = "chatcmpl-fake";
const CREATED: u64 = 1_789_000_000;
/// The role and two pieces of text.
pub const SOME: usize = 3;

/// The chunks of a whole stream, `[DONE]` included.
pub fn frames<'a>(pieces: impl Iterator<Item = &'a str>, asked: &Asked) -> Vec<Frame> {
    let first = choice(0, r#"{"role":"assistant","content":"","refusal":null}"#, "null");
    let delta = |text: &str| choice(0, &format!(r#"{{"content":{}}}"#, Value::from(text)), "null");
    let last = choice(0, "{}", r#""stop""#);
    stream(std::iter::once(first).chain(pieces.map(delta)).chain(std::iter::once(last)), asked)
}

/// One chunk for each choice, then the usage if it was asked for, then the end.
pub fn stream(choices: impl IntoIterator<Item = String>, asked: &Asked) -> Vec<Frame> {
    let null = if asked.usage { r#","usage":null"# } else { "" };
    let chunk = |choices: &str, usage: &str| chunk(&asked.model, choices, usage);
    let mut frames: Vec<_> = choices.into_iter().map(|choice| chunk(&choice, null)).collect();
    if asked.usage {
        frames.push(chunk("", &format!(r#","usage":{}"#, usage())));
    }
    frames.push(Frame::whole("data: [DONE]\n\n"));
    frames
}

/// The deltas of `endless`.
fn further(model: &str) -> Further {
    let tick = chunk(model, &choice(0, r#"{"content":" tick"}"#, "null"), "");
    Arc::new(move |_| tick.clone())
}

pub fn choice(index: usize, delta: &str, finish: &str) -> String {
    format!(r#"{{"index":{index},"delta":{delta},"logprobs":null,"finish_reason":{finish}}}"#)
}

/// Written out by hand, since the order of the fields is OpenAI's own.
fn chunk(model: &str, choices: &str, usage: &str) -> Frame {
    let model = Value::from(model);
    let head = format!(r#""id":"{ID}","object":"chat.completion.chunk","created":{CREATED},"model":{model}"#);
    Frame::whole(format!("data: {{{head},\"choices\":[{choices}]{usage}}}\n\n"))
}

fn usage() -> String {
    let (prompt, completion) = OK_USAGE;
    let total = prompt + completion;
    format!(r#"{{"prompt_tokens":{prompt},"completion_tokens":{completion},"total_tokens":{total}}}"#)
}

fn error(status: u16, message: &str, kind: &str, code: Option<&str>) -> Answer {
    let error = json!({"message": message, "type": kind, "param": null, "code": code});
    Answer::json(status, &json!({"error": error}))
}

pub fn models(scenario: &Scenario) -> Answer {
    let list = |list: &[Value]| Answer::json(200, &json!({"object": "list", "data": list}));
    match scenario.check {
        Check::AsChat if !scenario.logged_out() => {}
        Check::AsChat | Check::Expired => {
            return error(401, "Incorrect API key provided.", "invalid_request_error", Some("invalid_api_key"));
        }
        Check::Guest => return list(&[]),
        Check::Broken => return error(500, "The server had an error.", "server_error", None),
        Check::Waf => return sign_in(),
        Check::Ok | Check::Stall => {}
    }
    if scenario.no_list {
        return error(404, "Not found.", "invalid_request_error", None);
    }
    let model = |id: &str| json!({"id": id, "object": "model", "created": CREATED, "owned_by": "fake"});
    list(&[model("fake-large"), model("fake-small")])
}
