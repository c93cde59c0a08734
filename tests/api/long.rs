//! Conversations that are longer than the web chat can take: refused with both figures, or shortened with a word about it.

use fake_upstream::{FIXTURES_DIR, FakeUpstream};
use serde_json::{Value, json};

use crate::app::{TestApp, question, start, stream};

fn qianwen(fake: &FakeUpstream, more: &[(&str, &str)]) -> TestApp {
    let origin = fake.base_url();
    let own = [("QIANWEN_BASE_URL", origin.as_str()), ("CN_ACCOUNT_1_COOKIE", "tongyi_sso_ticket=ok; b-user-id=dev")];
    start(&own.iter().chain(more).copied().collect::<Vec<_>>())
}

/// Ten turns of about 5,000 tokens each, twice what fits.
fn book() -> Value {
    let page = "one two three four five ".repeat(1_000);
    let turn = |n: usize| {
        let role = if n.is_multiple_of(2) { "user" } else { "assistant" };
        json!({"role": role, "content": format!("page {n}: {page}")})
    };
    let mut messages = vec![json!({"role": "system", "content": "Keep to the rules."})];
    messages.extend((0..11).map(turn));
    json!({"model": "Qwen", "messages": messages})
}

#[test]
fn a_conversation_that_is_too_long_is_refused_with_both_figures() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let answer = qianwen(&fake, &[]).chat(&book());
    let error = answer.error();
    assert_eq!((answer.status, error["code"].as_str()), (400, Some("context_length_exceeded")), "{error}");
    assert_eq!((error["param"].as_str(), error["type"].as_str()), (Some("messages"), Some("invalid_request_error")));
    assert!(error["message"].as_str().unwrap().contains("27000"), "{error}");
    assert!(fake.journal().created_sessions.is_empty(), "nothing was sent");
}

#[test]
fn the_oldest_turns_are_left_out_where_the_owner_wants_it_and_a_header_says_so() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let app = qianwen(&fake, &[("CONTEXT_OVERFLOW", "trim")]);
    let mut streamed = book();
    streamed["stream"] = true.into();
    for body in [book(), streamed] {
        let answer = app.chat(&body);
        assert_eq!(answer.status, 200, "{}", answer.body);
        let dropped: usize = answer.header("x-qianqiao-dropped-messages").unwrap().parse().unwrap();
        assert!((4..11).contains(&dropped) && dropped.is_multiple_of(2), "{dropped}");
        let chat = |entry: &&fake_upstream::Entry| entry.body_bytes > 10_000;
        let sent = fake.journal().requests.into_iter().rev().find(|entry| chat(&entry)).unwrap();
        assert!(sent.body_text().contains("Keep to the rules."), "instructions stay");
    }
    for body in [question("Qwen", "short"), stream("Qwen", "short")] {
        assert_eq!(app.chat(&body).header("x-qianqiao-dropped-messages"), None);
    }
}
