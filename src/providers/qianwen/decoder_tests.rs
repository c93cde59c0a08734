use super::*;
use crate::providers::fixture;

#[test]
fn every_fixture_at_every_cut() {
    for fixture in fixture::chats("qianwen") {
        fixture.check(&|head| Box::new(QianwenDecoder::new(head)));
    }
}

#[test]
fn work_is_linear_in_the_upstreams_bytes() {
    // Counted in what is emitted, not in time: each frame adds only what is new.
    let mut decoder = QianwenDecoder::new(&ResponseHead { status: 200, ..ResponseHead::default() });
    let mut out = Vec::new();
    let mut text = String::new();
    for n in 0..500 {
        text.push_str("字 ");
        let frame = serde_json::json!({"data": {"messages": [
            {"mime_type": "multi_load/iframe", "content": text, "status": "processing"}], "status": "processing"}});
        decoder.push(format!("data:{frame}\n\n").as_bytes(), &mut out).unwrap();
        assert_eq!(out.len(), n + 1);
    }
    assert!(out.iter().all(|decoded| decoded.events[0] == Event::Text("字 ".into())));
}

fn frame(messages: &serde_json::Value) -> Vec<u8> {
    format!("data:{}\n\n", serde_json::json!({"data": {"messages": messages, "status": "processing"}})).into_bytes()
}

fn list(urls: &[&str]) -> serde_json::Value {
    let list: Vec<_> = urls.iter().map(|url| serde_json::json!({"url": url, "title": "t"})).collect();
    serde_json::json!({"mime_type": "bar/iframe", "meta_data": {"sources": [{"content": {"list": list}}]}})
}

#[test]
fn no_source_is_told_before_there_is_an_answer() {
    let mut decoder = QianwenDecoder::new(&ResponseHead { status: 200, ..ResponseHead::default() });
    let mut out = Vec::new();
    decoder.push(&frame(&serde_json::json!([list(&["https://a/", "https://b/"])])), &mut out).unwrap();
    assert!(out.is_empty(), "another account may still take over: {out:?}");
    let text = serde_json::json!({"mime_type": "multi_load/iframe", "content": "x"});
    decoder.push(&frame(&serde_json::json!([list(&["https://b/", "https://c/"]), text])), &mut out).unwrap();
    let kinds: Vec<_> = out
        .iter()
        .map(|decoded| match &decoded.events[0] {
            Event::Text(text) => text.as_str(),
            Event::Citation(citation) => citation.url.as_str(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(kinds, ["x", "https://a/", "https://b/", "https://c/"]);
}

#[test]
fn a_search_without_an_answer_is_no_output() {
    let mut decoder = QianwenDecoder::new(&ResponseHead { status: 200, ..ResponseHead::default() });
    let mut out = Vec::new();
    decoder.push(&frame(&serde_json::json!([list(&["https://a/"])])), &mut out).unwrap();
    decoder.push(b"event:complete\ndata:true\n\n", &mut out).unwrap();
    assert_eq!(decoder.finish(&mut out).unwrap_err().code.as_deref(), Some("empty_answer"));
    assert!(!out.iter().any(Decoded::is_output), "{out:?}");
}

#[test]
fn the_pages_of_one_answer_are_bounded() {
    let mut decoder = QianwenDecoder::new(&ResponseHead { status: 200, ..ResponseHead::default() });
    let mut out = Vec::new();
    let urls: Vec<String> = (0..1000).map(|n| format!("https://a/{n}")).collect();
    let text = serde_json::json!({"mime_type": "multi_load/iframe", "content": "x"});
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    decoder.push(&frame(&serde_json::json!([list(&urls), text])), &mut out).unwrap();
    assert_eq!(out.len(), 201);
}
