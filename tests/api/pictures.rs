//! Pictures on their way to the web chat: read from the request, from a file or from an address, uploaded once for each
//! account, and refused with a word about what is wrong.

use fake_upstream::{FIXTURES_DIR, FakeUpstream};
use serde_json::{Value, json};

use crate::app::{TestApp, start};

/// The smallest picture that there is.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

fn qianwen(fake: &FakeUpstream, tickets: &[&str]) -> TestApp {
    let origin = fake.base_url();
    let accounts: Vec<(String, String)> = (1..)
        .zip(tickets)
        .map(|(n, ticket)| (format!("CN_ACCOUNT_{n}_COOKIE"), format!("tongyi_sso_ticket={ticket}; b-user-id=dev")))
        .collect();
    let mut variables = vec![("QIANWEN_BASE_URL", origin.as_str()), ("POOL_STRATEGY", "round-robin")];
    variables.extend(accounts.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    start(&variables)
}

fn ask(url: &str) -> Value {
    let parts = json!([{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": url}}]);
    json!({"model": "Qwen", "messages": [{"role": "user", "content": parts}]})
}

fn png() -> Value {
    ask(&format!("data:image/png;base64,{PNG}"))
}

#[test]
fn a_picture_is_uploaded_once_for_each_account() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let app = qianwen(&fake, &["ok"]);
    for _ in 0..3 {
        let answer = app.chat(&png());
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    assert_eq!(fake.journal().uploads.get("ok"), Some(&1));
    let app = qianwen(&fake, &["echo", "ok~user-2"]);
    for _ in 0..4 {
        assert_eq!(app.chat(&png()).status, 200);
    }
    let uploads = fake.journal().uploads;
    assert_eq!((uploads.get("echo"), uploads.get("ok~user-2")), (Some(&1), Some(&1)), "{uploads:?}");
}

#[test]
fn an_upload_that_fails_moves_on_to_the_next_account() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let app = qianwen(&fake, &["ok~upload-expired", "ok"]);
    for _ in 0..2 {
        let answer = app.chat(&png());
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.header("x-qianqiao-account"), Some("qianwen-2"));
    }
}

fn refused(app: &TestApp, body: &Value, word: &str) {
    let answer = app.chat(body);
    let error = answer.error();
    assert_eq!((answer.status, error["type"].as_str()), (400, Some("invalid_request_error")), "{error}");
    assert!(error["param"].as_str().unwrap().starts_with("messages"), "{error}");
    assert!(error["message"].as_str().unwrap().contains(word), "{word}: {error}");
}

#[test]
fn what_cannot_be_shown_is_refused_by_name() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let app = qianwen(&fake, &["ok"]);
    let refused = |body: &Value, word: &str| refused(&app, body, word);
    refused(&ask("data:image/png;base64,AAAA"), "not a picture");
    refused(&ask("data:image/png;base64,!"), "base64");
    for address in [
        "http://127.0.0.1/a.png",
        "http://169.254.169.254/latest/meta-data",
        "http://2130706433/a.png",
        "http://[::ffff:10.0.0.1]/a.png",
        "file:///etc/passwd",
        "ftp://example.com/a.png",
    ] {
        refused(&ask(address), "cannot be fetched");
    }
    let mut text_only = png();
    text_only["model"] = "Qwen3.8-Max".into();
    refused(&text_only, "text only");
    let many: Vec<Value> = (0..11)
        .map(|_| json!({"type": "image_url", "image_url": {"url": format!("data:image/png;base64,{PNG}")}}))
        .collect();
    refused(&json!({"model": "Qwen", "messages": [{"role": "user", "content": many}]}), "11 pictures");
    let by_id = json!([{"type": "file", "file": {"file_id": "file-nobody"}}]);
    refused(&json!({"model": "Qwen", "messages": [{"role": "user", "content": by_id}]}), "/v1/files");
    let audio = json!([{"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}]);
    refused(&json!({"model": "Qwen", "messages": [{"role": "user", "content": audio}]}), "input_audio");
    assert!(fake.journal().uploads.is_empty());
}

#[test]
fn more_than_one_request_may_hold_is_refused_before_it_is_fetched() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let app = qianwen(&fake, &["ok"]);
    let far: Vec<Value> =
        (0..11).map(|_| json!({"type": "image_url", "image_url": {"url": "http://127.0.0.1/a.png"}})).collect();
    refused(&app, &json!({"model": "Qwen", "messages": [{"role": "user", "content": far}]}), "11 pictures");
    let files: Vec<Value> = (0..101)
        .map(|_| json!({"type": "file", "file": {"filename": "a.txt", "file_data": "data:text/plain,a"}}))
        .collect();
    refused(&app, &json!({"model": "Qwen", "messages": [{"role": "user", "content": files}]}), "101 attachments");
    let text = "a".repeat(3 << 20);
    let long: Vec<Value> = (0..6)
        .map(|_| json!({"type": "file", "file": {"filename": "a.txt", "file_data": format!("data:text/plain,{text}")}}))
        .collect();
    refused(&app, &json!({"model": "Qwen", "messages": [{"role": "user", "content": long}]}), "16 MB");
}

#[test]
fn a_picture_for_a_compatible_service_passes_as_it_is() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let address = format!("{}/v1", fake.base_url());
    let app = start(&[("OPENAI_COMPATIBLE_BASE_URL", address.as_str()), ("OPENAI_COMPATIBLE_API_KEY", "sk-ok")]);
    let mut body = png();
    body["model"] = "fake-large".into();
    assert_eq!(app.chat(&body).status, 200);
    let sent = fake.journal().requests.into_iter().rev().find(|entry| entry.body_bytes > 0).unwrap();
    assert_eq!(sent.body_text(), body.to_string());
}
