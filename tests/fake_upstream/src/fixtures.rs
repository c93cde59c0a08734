//! The recorded forms of `tests/fixtures`, read when they are asked for.

use std::fs;
use std::path::Path;

use bytes::Bytes;
use serde_json::Value;

use crate::answer::{Answer, EVENT_STREAM, Frame, HTML, JSON, nothing_further};

const KINDS: [(&str, &str); 3] = [("sse", EVENT_STREAM), ("json", JSON), ("html", HTML)];

/// The answer that `provider/name.*` describes, or nothing when there is no such fixture.
pub fn answer(dir: &Path, provider: &str, name: &str) -> Option<Answer> {
    if name.contains(['/', '\\']) {
        return None;
    }
    let dir = dir.join(provider);
    let read = |(extension, content_type): &(&'static str, &'static str)| {
        let body = fs::read(dir.join(format!("{name}.{extension}"))).ok()?;
        Some((*extension, *content_type, Bytes::from(body)))
    };
    let (extension, content_type, body) = KINDS.iter().find_map(read)?;
    let expected = fs::read(dir.join(format!("{name}.expected.json"))).unwrap_or_default();
    let expected: Value = serde_json::from_slice(&expected).unwrap_or_default();
    // An empty body is sent as one: that is what the site does.
    let mut answer = if extension == "sse" && !body.is_empty() {
        let frames = frames(&body);
        let some = frames.len().div_ceil(2);
        Answer::stream(frames, some, nothing_further())
    } else {
        Answer::body(200, content_type, body)
    };
    describe(&mut answer, &expected);
    Some(answer)
}

fn describe(answer: &mut Answer, expected: &Value) {
    if let Some(status) = expected["status"].as_u64() {
        answer.head.status = status as u16;
    }
    if let Some(content_type) = expected["content_type"].as_str() {
        answer.head.content_type = content_type.to_owned();
    }
    for (name, value) in expected["headers"].as_object().into_iter().flatten() {
        let value = value.as_str().unwrap_or_default().to_owned();
        answer.head.headers.push((name.clone(), value));
    }
}

/// The stream cut behind each empty line; nothing is lost or added.
fn frames(body: &Bytes) -> Vec<Frame> {
    let mut frames = Vec::new();
    let mut start = 0;
    for end in 1..=body.len() {
        let seen = &body[start..end];
        let whole = seen.ends_with(b"\n\n") || seen.ends_with(b"\r\n\r\n");
        if whole || end == body.len() {
            frames.push(Frame::whole(body.slice(start..end)));
            start = end;
        }
    }
    frames
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_cut_behind_its_empty_lines() {
        let body = Bytes::from_static(b"a\n\nb\r\nc\r\n\r\nd");
        let frames: Vec<_> = frames(&body).iter().map(Frame::to_bytes).collect();
        assert_eq!(frames, ["a\n\n", "b\r\nc\r\n\r\n", "d"]);
    }
}
