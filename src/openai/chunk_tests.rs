use super::*;
use crate::chat::ToolDelta;

fn stream(legacy: bool) -> Stream {
    Stream::new(Identity { id: "i".into(), created: 1, model: "m".into() }, false, legacy)
}

fn chunks(out: &BytesMut) -> Vec<serde_json::Value> {
    let text = std::str::from_utf8(out).unwrap();
    let frames = text.trim_end().split("\n\n").filter_map(|frame| frame.strip_prefix("data: "));
    frames.filter(|frame| *frame != "[DONE]").map(|frame| serde_json::from_str(frame).unwrap()).collect()
}

/// openai-python puts each new answer at the end of a list, and looks them up there by their index.
#[test]
fn answers_begin_in_the_order_of_their_indexes() {
    let (mut stream, mut out) = (stream(false), BytesMut::new());
    for choice in [2, 0, 1] {
        stream.write(Decoded { choice, ..Decoded::event(Event::Text("x".into())) }, &mut out);
    }
    let roles: Vec<u64> = chunks(&out)
        .iter()
        .filter(|chunk| chunk["choices"][0]["delta"]["role"] == "assistant")
        .map(|chunk| chunk["choices"][0]["index"].as_u64().unwrap())
        .collect();
    assert_eq!(roles, [0, 1, 2]);
}

#[test]
fn an_answer_that_has_ended_is_not_kept_alive() {
    let (mut stream, mut out) = (stream(false), BytesMut::new());
    stream.write(Decoded { choice: 1, ..Decoded::event(Event::Text("x".into())) }, &mut out);
    stream.write(Decoded::event(Event::Done(FinishReason::Stop)), &mut out);
    out.clear();
    stream.heartbeat(&mut out);
    assert_eq!(chunks(&out)[0]["choices"][0]["index"], 1, "the other one is still to end");
}

#[test]
fn the_legacy_form_has_room_for_one_call() {
    let (mut stream, mut out) = (stream(true), BytesMut::new());
    for index in [0, 1] {
        let call = ToolDelta { index, id: Some("c".into()), name: Some("f".into()), arguments: "{}".into() };
        stream.write(Decoded::event(Event::ToolCall(call)), &mut out);
    }
    let calls = chunks(&out).iter().filter(|chunk| chunk["choices"][0]["delta"]["function_call"].is_object()).count();
    assert_eq!(calls, 1, "{out:?}");
}
