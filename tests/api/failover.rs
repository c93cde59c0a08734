//! Several accounts: who is asked, and what happens when one cannot answer.

use fake_upstream::{FIXTURES_DIR, FakeUpstream, OK_TEXT};
use serde_json::Value;

use crate::app::{TestApp, question, start, stream};

fn accounts(fake: &FakeUpstream, scenarios: &[&str], more: &[(&str, &str)]) -> TestApp {
    let origin = fake.base_url();
    let own: Vec<(String, String)> = scenarios
        .iter()
        .enumerate()
        .map(|(at, scenario)| {
            (format!("CN_ACCOUNT_{}_COOKIE", at + 1), format!("n={at}; tongyi_sso_ticket={scenario}"))
        })
        .chain([("QIANWEN_BASE_URL".to_owned(), origin)])
        .collect();
    let own = own.iter().map(|(n, v)| (n.as_str(), v.as_str()));
    start(&own.chain(more.iter().copied()).collect::<Vec<_>>())
}

#[test]
fn a_bad_account_hides_from_nobody_that_the_other_works() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let early = ["expired", "ex015", "403", "waf-json", "429", "500", "empty", "reset-before", "reset-after-headers"];
    for bad in early {
        let app = accounts(&fake, &[bad, "ok"], &[]);
        for _ in 0..2 {
            assert_eq!(app.chat(&question("auto", "hi")).json()["choices"][0]["message"]["content"], OK_TEXT, "{bad}");
            assert_eq!(app.chat(&stream("auto", "hi")).said().0, OK_TEXT, "{bad}");
        }
    }
}

#[test]
fn nothing_is_tried_again_after_the_first_output() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let app = accounts(&fake, &["reset-mid", "ok"], &[]);
    let answer = app.chat(&stream("auto", "hi"));
    let last: Value = serde_json::from_str(answer.frames().last().unwrap()).unwrap();
    assert!(last["error"].is_object(), "{last}");
    assert_eq!(fake.journal().scenario("ok").requests, 0);
}

#[test]
fn when_none_can_answer_each_is_named_with_its_trouble() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let app = accounts(&fake, &["expired", "waf-json"], &[]);
    let answer = app.chat(&question("auto", "hi"));
    let message = answer.error()["message"].as_str().unwrap().to_owned();
    assert_eq!((answer.status, answer.header("x-should-retry")), (503, Some("false")));
    assert!(message.contains("qianwen-1") && message.contains("qianwen-2") && message.contains("cookie"), "{message}");
    assert!(!message.contains("tongyi_sso_ticket=") && !message.contains("n=0"), "{message}");
    let app = accounts(&fake, &["expired", "500"], &[]);
    let answer = app.chat(&question("auto", "hi"));
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert_eq!((answer.status, (1..=60).contains(&wait)), (503, true));
}

#[test]
fn each_account_is_asked_once_in_turn() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let app = accounts(&fake, &["500", "503", "429"], &[]);
    app.chat(&question("auto", "hi"));
    let asked = ["500", "503", "429"].map(|scenario| fake.journal().scenario(scenario).requests);
    assert_eq!(asked, [1, 1, 1]);
    let app = accounts(&fake, &["ok", "echo"], &[]);
    let texts: Vec<_> = (0..4)
        .map(|_| app.chat(&question("auto", "hi")).json()["choices"][0]["message"]["content"].as_str().unwrap().len())
        .collect();
    assert_eq!((texts[0], texts[1]), (texts[2], texts[3]));
    assert_ne!(texts[0], texts[1]);
}

#[test]
fn a_pinned_model_never_moves() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let app = accounts(&fake, &["ok", "500"], &[("MODEL_TO_ACCOUNT_MAP", r#"{"qwen-max": 2, "mine": 1}"#)]);
    for status in [502, 502, 502, 503] {
        assert_eq!(app.chat(&question("qwen-max", "hi")).status, status, "it rests after three failures");
        assert_eq!(app.chat(&question("mine", "hi")).status, 200);
    }
    assert_eq!(app.chat(&question("qwen-plus", "hi")).status, 200);
    let app = accounts(&fake, &["ok", "500"], &[("MODEL_TO_ACCOUNT_MAP", r#"{"Qwen3.7-Max": 2}"#)]);
    for name in ["Qwen3.7-Max", "qwen3.7-max", "qianwen/Qwen3.7-Max"] {
        assert_eq!(app.chat(&question(name, "hi")).status, 502, "{name}");
    }
}
