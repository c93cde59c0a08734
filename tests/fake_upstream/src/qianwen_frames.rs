//! The frames of a Qianwen answer: every one repeats the whole text so far.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::answer::{Answer, Frame, Further, nothing_further};
use crate::text::{self, OK_PIECES, OK_TEXT, OK_USAGE};

/// The ids that the client chose and the site repeats.
#[derive(Clone)]
pub struct Ids {
    pub session: String,
    pub request: String,
}

impl Ids {
    pub fn of(body: &Value) -> Self {
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        Self { session: text("session_id"), request: text("req_id") }
    }

    pub fn fixed() -> Self {
        Self {
            session: "8f0e6c1d2b3a49588c7d6e5f40312233".to_owned(),
            request: "5b1d0c9e8f7a46b3a2c1d0e9f8a7b6c5".to_owned(),
        }
    }
}

/// Enough frames for two pieces of text behind the opening one.
pub const SOME: usize = 3;
const ECHO_PIECES: usize = 4;

pub fn answer(said: &str, ids: &Ids) -> Answer {
    Answer::stream(cumulative(said, &text::ends(said, OK_PIECES), ids), SOME, further(ids))
}

/// One frame for each piece.
pub fn marked(pieces: &[String], ids: &Ids) -> Answer {
    let ends = pieces.iter().scan(0, |end, piece| {
        *end += piece.len();
        Some(*end)
    });
    Answer::stream(cumulative(&pieces.concat(), &ends.collect::<Vec<_>>(), ids), SOME, nothing_further())
}

/// Few frames, since a long message would come back that many times.
pub fn echo(said: &str, ids: &Ids) -> Answer {
    Answer::stream(cumulative(said, &text::ends(said, ECHO_PIECES), ids), SOME, further(ids))
}

/// The stream without content that a missing device id brings.
pub fn silent() -> Answer {
    let ids = Ids::fixed();
    let end = event("complete", &payload(&ids, 1, &[opening()], "complete"));
    let frames = [first(&ids), Frame::whole(end), closing()];
    Answer::stream(frames, 1, nothing_further())
}

pub fn error(code: u64, message: &str) -> Answer {
    let mut value = payload(&Ids::fixed(), 0, &[], "complete");
    value["error_code"] = json!(code);
    value["error_msg"] = json!(message);
    value["success"] = json!(false);
    Answer::stream([Frame::whole(event("message", &value))], 1, nothing_further())
}

fn cumulative(said: &str, ends: &[usize], ids: &Ids) -> Vec<Frame> {
    let states = ends.iter().map(|end| said_so_far(&said[..*end], "processing"));
    stream(states, &said_so_far(said, "complete"), ids)
}

/// One frame for each state of the messages, and the last one again with the usage.
pub fn stream<M: AsRef<[Value]>>(states: impl Iterator<Item = M>, end: &[Value], ids: &Ids) -> Vec<Frame> {
    let mut frames = vec![first(ids)];
    for (at, messages) in states.enumerate() {
        let value = payload(ids, at + 1, messages.as_ref(), "processing");
        frames.push(Frame::whole(event("message", &value)));
    }
    let resid = frames.len();
    let mut last = payload(ids, resid, end, "complete");
    last["data"]["extra_info"] = extra_info();
    frames.push(Frame::whole(event("complete", &last)));
    frames.push(closing());
    frames
}

/// The answer of `endless` after its first two pieces.
fn further(ids: &Ids) -> Further {
    let ids = ids.clone();
    let start = text::ends(OK_TEXT, OK_PIECES)[SOME - 2];
    Arc::new(move |count| {
        let text = format!("{}{}", &OK_TEXT[..start], " tick".repeat(count + 1));
        let messages = said_so_far(&text, "processing");
        let value = payload(&ids, count + SOME, &messages, "processing");
        Frame::whole(event("message", &value))
    })
}

/// Frames of a benchmark: all share one buffer of text. `ends` says how far each one reads.
pub fn shared(text: &Bytes, ends: impl Iterator<Item = usize>) -> Vec<Frame> {
    const MARK: &str = "@@@";
    let ids = Ids::fixed();
    let frame = |(at, end): (usize, usize)| {
        let value = payload(&ids, at + 1, &said_so_far(MARK, "processing"), "processing");
        let event = event("message", &value);
        let (lead, tail) = event.split_once(MARK).unwrap_or_default();
        Frame { lead: lead.to_owned().into(), body: text.slice(..end), tail: tail.to_owned().into() }
    };
    let mut frames = vec![first(&ids)];
    frames.extend(ends.enumerate().map(frame));
    let mut last = payload(&ids, frames.len(), &[opening()], "complete");
    last["data"]["extra_info"] = extra_info();
    frames.push(Frame::whole(event("complete", &last)));
    frames.push(closing());
    frames
}

fn first(ids: &Ids) -> Frame {
    let progress = json!({
        "meta_data": {"type": "bar_update"}, "mime_type": "bar/progress", "status": "processing",
    });
    let messages = [opening(), progress];
    Frame::whole(event("message", &payload(ids, 0, &messages, "processing")))
}

fn closing() -> Frame {
    Frame::whole("event:complete\ndata:true\n\n")
}

fn event(name: &str, value: &Value) -> String {
    format!("event:{name}\ndata:{value}\n\n")
}

fn payload(ids: &Ids, resid: usize, messages: &[Value], status: &str) -> Value {
    json!({
        "communication": {
            "chat_assistant_name": "MainChatAgent", "disconnection_signal": 0,
            "reqid": ids.request, "resid": resid, "sessionid": ids.session,
        },
        "data": {"messages": messages, "status": status},
        "error_code": 0, "error_msg": "", "success": true,
        "traceId": "213e00a117550712345678901e0c9a",
    })
}

pub fn opening() -> Value {
    let meta = json!({"operation_types": [], "generate_mode": "stream"});
    json!({"meta_data": meta, "mime_type": "signal/post", "status": "complete"})
}

fn said_so_far(text: &str, status: &str) -> [Value; 2] {
    let meta = json!({"multi_load": [], "ext_info": {}});
    let message = json!({
        "content": text, "meta_data": meta, "mime_type": "multi_load/iframe", "status": status,
    });
    [opening(), message]
}

fn extra_info() -> Value {
    let (prompt, completion) = OK_USAGE;
    let usage = json!({
        "prompt_tokens": prompt, "completion_tokens": completion,
        "total_tokens": prompt + completion,
    });
    json!({"chat_odps": {"model_info": {"model": "qwen-fake"}, "total_usage": usage}})
}
