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
