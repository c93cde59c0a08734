//! The same questions to Qianwen and to a compatible service, both played by the fake upstream.

use fake_upstream::{FIXTURES_DIR, FakeUpstream, OK_TEXT};
use serde_json::{Value, json};

use crate::app::{PATIENCE, TestApp, question, start, stream};
use crate::contract::check_contract;

/// A service in front of one Qianwen account and one compatible service that behave as `scenario` says.
fn both(fake: &FakeUpstream, scenario: &str, more: &[(&str, &str)]) -> [TestApp; 2] {
    let origin = fake.base_url();
    let (address, key) = (format!("{origin}/v1"), format!("sk-{scenario}"));
    let cookie = format!("a=b; tongyi_sso_ticket={scenario}; b-user-id=dev");
    let qianwen = [("QIANWEN_BASE_URL", origin.as_str()), ("CN_ACCOUNT_1_COOKIE", &cookie)];
    let compatible = [("OPENAI_COMPATIBLE_BASE_URL", address.as_str()), ("OPENAI_COMPATIBLE_API_KEY", &key)];
    [qianwen, compatible].map(|own| start(&own.iter().chain(more).copied().collect::<Vec<_>>()))
}

#[test]
fn a_whole_answer_and_a_stream_say_the_same() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    for cut in ["ok", "ok~cut1", "ok~cut7"] {
        for app in both(&fake, cut, &[]) {
            let answer = app.chat(&question("auto", "hi")).json();
            assert_eq!(answer["choices"][0]["message"]["content"], OK_TEXT);
            assert!(answer["usage"]["total_tokens"].as_u64() > Some(0));
            let streamed = app.chat(&stream("auto", "hi"));
            check_contract(&streamed);
            assert_eq!(streamed.said().0, OK_TEXT);
            assert!(streamed.chunks().last().unwrap()["usage"]["total_tokens"].as_u64() > Some(0));
        }
    }
}

#[test]
fn what_is_asked_arrives_as_it_was_written() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let text = "千桥 \"quoted\" \\ \u{1f309} <b>&\n\tend";
    for app in both(&fake, "echo", &[]) {
        let answer = app.chat(&question("auto", text)).json();
        assert_eq!(answer["choices"][0]["message"]["content"], text);
    }
}

#[test]
fn each_fault_has_its_status_and_says_whether_to_try_again() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    for (scenario, status, code, retry) in [
        ("401", 503, "account_unavailable", Some("false")),
        ("waf-html", 503, "account_unavailable", Some("false")),
        ("429-after-7", 429, "rate_limit_exceeded", None),
        ("quota", 429, "insufficient_quota", Some("false")),
        ("500", 502, "", None),
        ("503", 503, "", None),
        ("empty", 502, "empty_answer", None),
        ("reset-before", 502, "", None),
        ("reset-after-headers", 502, "", None),
    ] {
        for (at, app) in both(&fake, scenario, &[]).iter().enumerate() {
            // Only the site has a risk control; to a compatible service a page is a wrong address.
            let expected = if (scenario, at) == ("waf-html", 1) {
                (502, "upstream_protocol", None)
            } else {
                (status, code, retry)
            };
            for body in [question("auto", "hi"), stream("auto", "hi")] {
                let answer = app.chat(&body);
                let error = answer.error();
                assert_eq!(answer.status, expected.0, "{scenario} {at}: {}", answer.body);
                assert!(error["code"].as_str().unwrap().starts_with(expected.1), "{scenario} {at}: {error}");
                assert_eq!(answer.header("x-should-retry"), expected.2, "{scenario} {at}");
            }
        }
    }
}

#[test]
fn a_named_wait_is_told() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    for app in both(&fake, "429-after-7", &[]) {
        assert_eq!(app.chat(&question("auto", "hi")).header("retry-after"), Some("7"));
    }
}

#[test]
fn an_answer_that_breaks_off_is_never_called_whole() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    for scenario in ["truncated", "reset-mid", "malformed"] {
        for app in both(&fake, scenario, &[]) {
            let answer = app.chat(&stream("auto", "hi"));
            let last: Value = serde_json::from_str(answer.frames().last().unwrap()).unwrap();
            assert!(last["error"]["code"].is_string() && last.get("choices").is_none(), "{scenario}: {last}");
            assert!(!answer.said().0.is_empty(), "{scenario}: what came before it is kept");
            assert_eq!(app.chat(&question("auto", "hi")).status, 502, "{scenario}");
        }
    }
}

#[test]
fn silence_ends_by_the_limits() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let limits = [("FIRST_TOKEN_TIMEOUT_S", "1"), ("IDLE_TIMEOUT_S", "1")];
    for app in both(&fake, "stall-before", &limits) {
        let answer = app.chat(&stream("auto", "hi"));
        assert_eq!((answer.status, answer.error()["code"].as_str()), (504, Some("upstream_timeout")));
    }
    for app in both(&fake, "stall-mid", &limits) {
        let answer = app.chat(&stream("auto", "hi"));
        let last: Value = serde_json::from_str(answer.frames().last().unwrap()).unwrap();
        assert_eq!(last["error"]["code"], "upstream_timeout", "{last}");
    }
    for app in both(&fake, "endless", &[("TOTAL_TIMEOUT_S", "1")]) {
        let answer = app.chat(&stream("auto", "hi"));
        let last: Value = serde_json::from_str(answer.frames().last().unwrap()).unwrap();
        assert_eq!(last["error"]["code"], "upstream_timeout", "{last}");
    }
}

/// An answer that is read to its end before it is told takes its time just so; the account speaks all the while.
#[test]
fn an_account_is_not_blamed_for_our_own_limit() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let [app, _] = both(&fake, "endless", &[("TOTAL_TIMEOUT_S", "1")]);
    let mut body = question("auto", "hi");
    body["response_format"] = json!({"type": "json_object"});
    // Three failures in a row would make it rest.
    for _ in 0..4 {
        assert_eq!(app.chat(&body).error()["code"], "upstream_timeout");
    }
}

#[test]
fn a_silent_stream_begins_early_and_beats() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    for app in both(&fake, "slow-first-6500", &[("HEARTBEAT_S", "1")]) {
        let answer = app.chat(&stream("auto", "hi"));
        let chunks = answer.chunks();
        assert_eq!(chunks[0]["choices"][0]["delta"]["role"], "assistant");
        assert_eq!(chunks[1]["choices"][0]["delta"], json!({}), "a heartbeat is an empty delta: {}", answer.body);
        assert_eq!(answer.said().0, OK_TEXT);
        let ids: std::collections::BTreeSet<_> = chunks.iter().map(|chunk| chunk["id"].to_string()).collect();
        assert_eq!(ids.len(), 1, "the early id stays");
    }
}

#[test]
fn a_compatible_service_gets_the_request_byte_for_byte() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let [_, app] = both(&fake, "ok", &[]);
    let body = r#"{ "model":"fake-large",  "messages":[{"role":"user","content":"a\u4f60"}],"tools":[{"type":"function","function":{"name":"f"}}], "x_unknown":1.50 }"#;
    let key = format!("Bearer {}", crate::app::KEY);
    fake.wait_for(PATIENCE, |journal| journal.routes.values().sum::<u64>() > 0).unwrap();
    let answer = app.call("POST", "/v1/chat/completions", &[("Authorization", &key)], body);
    assert_eq!(answer.status, 200, "{}", answer.body);
    let sent = fake.journal().requests.into_iter().rev().find(|entry| entry.body_bytes > 0).unwrap();
    assert_eq!(sent.body_text(), body);
}

#[test]
fn conversations_are_removed_afterwards_unless_they_shall_stay() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let [app, _] = both(&fake, "ok", &[]);
    app.chat(&question("auto", "hi"));
    fake.wait_for(PATIENCE, |journal| journal.deleted_sessions.len() == 1).unwrap();
    assert_eq!(fake.journal().deleted_sessions, fake.journal().created_sessions);
    let [keeping, _] = both(&fake, "ok", &[("QIANWEN_KEEP_SESSIONS", "true")]);
    keeping.chat(&question("auto", "hi"));
    drop(keeping);
    app.chat(&question("auto", "hi"));
    fake.wait_for(PATIENCE, |journal| journal.deleted_sessions.len() == 2).unwrap();
    assert_eq!(fake.journal().created_sessions.len(), 3);
}
