//! What a test told the Qianwen web chat to say: the sources stand beside the answer, the thinking inside it.

use serde_json::{Value, json};

use crate::answer::{Answer, nothing_further};
use crate::qianwen_frames::{self as frames, Ids, SOME};
use crate::text;
use crate::turn::Turn;

/// What the site writes in place of the thinking.
const MARK: &str = "[(deep_think)]";

pub fn answer(turn: &Turn, ids: &Ids) -> Answer {
    let state = |thought: usize, said: usize, done: bool| messages(turn, &turn.reasoning[..thought], said, done);
    let whole = (turn.reasoning.len(), turn.text.len());
    let thoughts = if turn.reasoning.is_empty() { Vec::new() } else { text::ends(&turn.reasoning, turn.pieces) };
    let thinking = thoughts.into_iter().map(|end| state(end, 0, false));
    let saying = text::ends(&turn.text, turn.pieces).into_iter().map(|end| state(whole.0, end, false));
    let all = thinking.chain(saying);
    Answer::stream(frames::stream(all, &state(whole.0, whole.1, true), ids), SOME, nothing_further())
}

fn messages(turn: &Turn, thought: &str, said: usize, done: bool) -> Vec<Value> {
    let status = |done: bool| if done { "complete" } else { "processing" };
    let mut messages = vec![frames::opening()];
    if !turn.sources.is_empty() {
        let meta = json!({"sources": [{"content": {"list": turn.sources}}]});
        messages.push(json!({"meta_data": meta, "mime_type": "bar/iframe", "status": "complete"}));
    }
    let mut load = Vec::new();
    if !thought.is_empty() {
        let content = json!({"think_content": thought, "status": status(said > 0 || done), "timecost": 700});
        load.push(json!({"type": "deep_think", "source_seq": "deep_think_1", "content": content}));
    }
    let mark = if load.is_empty() { "" } else { MARK };
    messages.push(json!({
        "content": format!("{mark}{}", &turn.text[..said]), "meta_data": {"multi_load": load, "ext_info": {}},
        "mime_type": "multi_load/iframe", "status": status(done),
    }));
    messages
}
