//! What a test told an OpenAI-compatible service to say: one turn for each choice that was asked for.

use serde_json::{Value, json};

use crate::answer::{Answer, nothing_further};
use crate::openai::{self, Asked, SOME};
use crate::text;
use crate::turn::Turn;

/// In how many deltas the arguments of a call come.
const ARGUMENT_PIECES: usize = 3;

pub fn answer(turns: &[Turn], asked: &Asked) -> Answer {
    if !asked.stream {
        let choices: Vec<_> = turns.iter().enumerate().map(|(index, turn)| whole(index, turn)).collect();
        return openai::completion(&choices.join(","), asked);
    }
    let choices = turns.iter().enumerate().flat_map(|(index, turn)| streamed(index, turn));
    Answer::stream(openai::stream(choices, asked), SOME, nothing_further())
}

fn whole(index: usize, turn: &Turn) -> String {
    // OpenAI has no text beside a call, unless the model said something too.
    let content = if turn.text.is_empty() && !turn.tool_calls.is_empty() { Value::Null } else { json!(turn.text) };
    let mut message = json!({"role": "assistant", "content": content, "refusal": null});
    if !turn.reasoning.is_empty() {
        message["reasoning_content"] = json!(turn.reasoning);
    }
    if !turn.tool_calls.is_empty() {
        message["tool_calls"] = json!(turn.tool_calls);
    }
    let finish = Value::from(turn.finish.as_str());
    format!(r#"{{"index":{index},"message":{message},"logprobs":null,"finish_reason":{finish}}}"#)
}

/// The deltas of one choice, its end included.
fn streamed(index: usize, turn: &Turn) -> Vec<String> {
    let delta = |delta: &Value| openai::choice(index, &delta.to_string(), "null");
    let mut choices = vec![delta(&json!({"role": "assistant", "content": "", "refusal": null}))];
    let mut pieces = |said: &str, field: &str| {
        if !said.is_empty() {
            let pieces = text::pieces(said, turn.pieces).into_iter();
            choices.extend(pieces.map(|piece| delta(&json!({field: piece}))));
        }
    };
    pieces(&turn.reasoning, "reasoning_content");
    pieces(&turn.text, "content");
    for (at, call) in turn.tool_calls.iter().enumerate() {
        choices.extend(call_deltas(at, call).iter().map(|call| delta(&json!({"tool_calls": [call]}))));
    }
    let finish = Value::from(turn.finish.as_str());
    choices.push(openai::choice(index, "{}", &finish.to_string()));
    choices
}

/// Id, type and name come once, the arguments behind them in pieces.
fn call_deltas(at: usize, call: &Value) -> Vec<Value> {
    let arguments = call["function"]["arguments"].as_str().unwrap_or_default();
    let mut first = call.clone();
    first["index"] = json!(at);
    first["function"]["arguments"] = json!("");
    let pieces = text::pieces(arguments, ARGUMENT_PIECES).into_iter();
    let rest = pieces.map(|piece| json!({"index": at, "function": {"arguments": piece}}));
    std::iter::once(first).chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_named_once() {
        let call = json!({"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{\"a\":1}"}});
        let deltas = call_deltas(2, &call);
        assert_eq!(deltas.iter().filter(|delta| delta["id"] == "call_1").count(), 1);
        let arguments: String = deltas.iter().filter_map(|delta| delta["function"]["arguments"].as_str()).collect();
        assert_eq!(arguments, "{\"a\":1}");
        assert!(deltas.iter().all(|delta| delta["index"] == 2) && deltas.len() > 2);
    }

    #[test]
    fn frames_end_with_done() {
        let asked = Asked { model: "m".to_owned(), stream: true, usage: false };
        let frames = openai::stream(streamed(0, &turn()), &asked);
        assert_eq!(frames.last().map(|frame| frame.to_bytes()).unwrap(), "data: [DONE]\n\n");
    }

    fn turn() -> Turn {
        Turn::list(&json!([{"text": "a"}])).unwrap().remove(0)
    }
}
