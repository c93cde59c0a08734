//! The fake as its users meet it: bytes on a socket, and the journal.
#![expect(clippy::unwrap_used, clippy::panic, reason = "what fails here fails the test")]

mod chaos;
mod client;
mod credentials;
mod hooks;
mod turns;

use std::io::{ErrorKind, Read};
use std::time::Duration;

use client::{Client, chat_openai, chat_qianwen};
use fake_upstream::{FIXTURES_DIR, FakeUpstream, OK_TEXT, OK_USAGE};
use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(5);

fn start() -> FakeUpstream {
    FakeUpstream::start(FIXTURES_DIR).unwrap()
}

/// The text that the deltas of an OpenAI stream make.
fn openai_text(body: &[u8]) -> String {
    let body = String::from_utf8(body.to_vec()).unwrap();
    assert!(body.ends_with("data: [DONE]\n\n"), "{body}");
    let events = body.split("\n\n").filter_map(|event| event.strip_prefix("data: {"));
    let chunks = events.map(|rest| serde_json::from_str::<Value>(&format!("{{{rest}")).unwrap());
    chunks.filter_map(|chunk| Some(chunk["choices"][0]["delta"]["content"].as_str()?.to_owned())).collect()
}

/// The answers that the frames of a Qianwen stream hold, one after another.
fn qianwen_texts(body: &[u8]) -> Vec<String> {
    let body = String::from_utf8(body.to_vec()).unwrap();
    let data = body.lines().filter_map(|line| line.strip_prefix("data:{"));
    let frames = data.map(|rest| serde_json::from_str::<Value>(&format!("{{{rest}")).unwrap());
    frames
        .filter_map(|frame| {
            let messages = frame["data"]["messages"].as_array()?;
            let last = messages.iter().rfind(|message| message["mime_type"] == "multi_load/iframe")?;
            Some(last["content"].as_str()?.to_owned())
        })
        .collect()
}

#[test]
fn one_connection_carries_several_answers() {
    let fake = start();
    let mut client = Client::connect(&fake);
    for _ in 0..2 {
        let stream = client.send(&chat_openai("ok", true)).answer();
        assert_eq!(openai_text(&stream.body), OK_TEXT);
        let plain = client.send(&chat_openai("ok", false)).answer();
        let plain: Value = serde_json::from_slice(&plain.body).unwrap();
        assert_eq!(plain["choices"][0]["message"]["content"], OK_TEXT);
        assert_eq!(plain["usage"]["total_tokens"], OK_USAGE.0 + OK_USAGE.1);
    }
    let journal = fake.wait_for(PATIENCE, |journal| journal.total.completed == 4).unwrap();
    assert_eq!(journal.connections, 1);
    assert_eq!(journal.route("POST /v1/chat/completions"), 4);
    assert_eq!(journal.total.open, 0);
}

#[test]
fn a_qianwen_answer_grows_frame_by_frame() {
    let fake = start();
    let answer = Client::connect(&fake).send(&chat_qianwen("ok")).answer();
    assert_eq!(answer.header("transfer-encoding"), Some("chunked"));
    let texts = qianwen_texts(&answer.body);
    assert!(texts.len() > 10, "{texts:?}");
    assert!(texts.windows(2).all(|pair| pair[1].starts_with(&pair[0])), "{texts:?}");
    assert_eq!(texts.last().map(String::as_str), Some(OK_TEXT));
    assert!(answer.body.ends_with(b"event:complete\ndata:true\n\n"));
}

#[test]
fn cutting_changes_the_pieces_but_not_the_bytes() {
    let fake = start();
    let fixture = std::fs::read(format!("{FIXTURES_DIR}/qianwen/crlf_framing.sse")).unwrap();
    let whole = Client::connect(&fake).send(&chat_qianwen("fixture-crlf_framing")).answer();
    let cut = Client::connect(&fake).send(&chat_qianwen("fixture-crlf_framing~cut7")).answer();
    assert_eq!(whole.body, fixture);
    assert_eq!(cut.body, fixture);
    assert!(cut.chunks.iter().all(|size| *size <= 7), "{:?}", cut.chunks);
    assert!(whole.chunks.iter().any(|size| *size > 7), "{:?}", whole.chunks);
}

#[test]
fn a_fixture_brings_its_head_along() {
    let fake = start();
    let answer = Client::connect(&fake).send(&chat_openai("fixture-moonshot_429_rate_limit", true)).answer();
    assert_eq!(answer.status, 429);
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(answer.header("content-type"), Some("application/json"));
}

#[test]
fn a_client_that_leaves_is_counted_at_once() {
    let fake = start();
    for (at, name) in ["stall-before", "stall-headers", "stall-mid", "hold", "endless"].into_iter().enumerate() {
        let mut client = Client::connect(&fake);
        client.send(&chat_openai(name, true));
        fake.wait_for(PATIENCE, |journal| journal.scenario(name).open == 1).unwrap();
        drop(client);
        let journal = fake.wait_for(PATIENCE, |journal| journal.scenario(name).open == 0).unwrap();
        assert_eq!(journal.scenario(name).cancelled, 1, "{name}");
        assert_eq!(journal.total.cancelled, at as u64 + 1, "{name}");
        assert_eq!(journal.total.completed, 0, "{name}");
    }
}

#[test]
fn an_answer_that_holds_has_said_something_first() {
    let fake = start();
    let mut client = Client::connect(&fake);
    client.send(&chat_qianwen("hold"));
    let seen = client.read_until("multi_load/iframe");
    assert!(seen.starts_with("HTTP/1.1 200 OK\r\n"), "{seen}");
    assert_eq!(fake.journal().scenario("hold").open, 1);
}

#[test]
fn resets_are_resets() {
    let fake = start();
    for name in ["reset-before", "reset-after-headers", "reset-mid"] {
        let mut client = Client::connect(&fake);
        client.send(&chat_openai(name, true));
        let error = client.stream().read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{name}");
        let journal = fake.wait_for(PATIENCE, |journal| journal.scenario(name).aborted == 1);
        assert!(journal.is_ok(), "{name}: {journal:?}");
    }
}

#[test]
fn a_truncated_stream_ends_without_its_end() {
    let fake = start();
    let stream = Client::connect(&fake).send(&chat_openai("truncated", true)).answer();
    let text = String::from_utf8(stream.body).unwrap();
    assert!(text.contains("\"content\":\"你"), "{text}");
    assert!(!text.contains("[DONE]") && !text.contains("\"stop\""), "{text}");
}

#[test]
fn the_site_checks_its_callers() {
    let fake = start();
    let ask = |request: String| Client::connect(&fake).send(&request).answer();
    let good = chat_qianwen("ok");
    assert!(ask(good.replace("Origin:", "X-Origin:")).text().contains("RGV587_ERROR"));
    assert_eq!(ask(good.replace("text/event-stream", "text/html")).header("content-length"), Some("0"));
    let silent = ask(good.replace("ut=device", "ut="));
    assert!(silent.text().contains("event:complete") && qianwen_texts(&silent.body).is_empty());
    let unsigned = ask(good.replace("tongyi_sso_ticket", "other"));
    assert_eq!((unsigned.status, unsigned.text().contains("EX015")), (403, true));
    assert!(ask(good.replace("\"messages\"", "\"massages\"")).text().contains("\"error_code\":400"));
    assert_eq!(fake.journal().total.requests, 5);
    assert!(fake.journal().created_sessions.is_empty());
}

#[test]
fn sessions_are_remembered_until_the_journal_is_reset() {
    let fake = start();
    let mut client = Client::connect(&fake);
    client.send(&chat_qianwen("echo")).answer();
    let body = r#"{"session_ids":["5e55"]}"#;
    let headers = "Cookie: tongyi_sso_ticket=ok\r\n";
    client.send(&client::post("/api/v1/session/delete/batch?ut=1", headers, body)).answer();
    let journal = fake.journal();
    assert_eq!(journal.created_sessions, ["5e55"]);
    assert_eq!(journal.deleted_sessions, ["5e55"]);
    let told = client.send("GET /__fake/journal HTTP/1.1\r\n\r\n").answer();
    let told: Value = serde_json::from_slice(&told.body).unwrap();
    assert_eq!(told["deleted_sessions"][0], "5e55");
    assert_eq!(told["recent"][0]["path"], "/api/v2/chat");
    client.send("POST /__fake/reset HTTP/1.1\r\n\r\n").answer();
    assert!(fake.journal().deleted_sessions.is_empty());
}

#[test]
fn a_long_benchmark_stream_has_its_events_and_its_text() {
    let fake = start();
    let answer = Client::connect(&fake).send(&chat_qianwen("bench-200")).answer();
    let texts = qianwen_texts(&answer.body);
    assert_eq!(texts.len(), 200);
    assert!(texts.iter().enumerate().all(|(at, text)| text.chars().count() == 20 * (at + 1)));
    let answer = Client::connect(&fake).send(&chat_openai("bench-32", true)).answer();
    assert_eq!(openai_text(&answer.body).chars().count(), 20 * 32);
}

#[test]
fn an_unknown_name_is_told() {
    let fake = start();
    let answer = Client::connect(&fake).send(&chat_openai("okay", true)).answer();
    assert_eq!((answer.status, answer.text().contains("'okay'")), (500, true));
    let answer = Client::connect(&fake).send(&chat_openai("fixture-none", true)).answer();
    assert_eq!((answer.status, answer.text().contains("openai_compatible/none")), (500, true));
}

#[test]
fn every_fixture_is_described_and_replayed_as_it_is() {
    let fake = start();
    for (provider, chat) in [("qianwen", chat_qianwen as fn(&str) -> String), ("openai_compatible", chat_openai_stream)]
    {
        let files = std::fs::read_dir(format!("{FIXTURES_DIR}/{provider}")).unwrap();
        let names: Vec<_> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        let (described, bodies): (Vec<_>, Vec<_>) =
            names.into_iter().partition(|name| name.ends_with(".expected.json"));
        assert_eq!(described.len(), bodies.len(), "{provider}: one description for each body");
        for file in bodies {
            let (name, _) = file.rsplit_once('.').unwrap();
            let expected = std::fs::read(format!("{FIXTURES_DIR}/{provider}/{name}.expected.json")).unwrap();
            let expected: Value = serde_json::from_slice(&expected).unwrap();
            assert!(expected["fact"].as_str().is_some_and(|fact| !fact.is_empty()), "{file}");
            let answer = Client::connect(&fake).send(&chat(&format!("fixture-{name}"))).answer();
            assert_eq!(u64::from(answer.status), expected["status"].as_u64().unwrap_or(200), "{file}");
            let body = std::fs::read(format!("{FIXTURES_DIR}/{provider}/{file}")).unwrap();
            assert!(answer.body == body, "{file}");
        }
    }
}

fn chat_openai_stream(key: &str) -> String {
    chat_openai(key, true)
}
