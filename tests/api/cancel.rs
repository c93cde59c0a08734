//! A client that leaves stops the upstream's work, and gives back the lease.

use std::io::Read;

use fake_upstream::{FIXTURES_DIR, FakeUpstream};

use crate::app::{PATIENCE, TestApp, question, start, stream};

fn app(fake: &FakeUpstream, scenario: &str, more: &[(&str, &str)]) -> TestApp {
    let (origin, cookie) = (fake.base_url(), format!("tongyi_sso_ticket={scenario}"));
    let own = [("QIANWEN_BASE_URL", origin.as_str()), ("CN_ACCOUNT_1_COOKIE", &cookie)];
    start(&own.iter().chain(more).copied().collect::<Vec<_>>())
}

fn in_flight(app: &TestApp) -> u64 {
    app.get("/health").json()["providers"][0]["accounts"][0]["in_flight"].as_u64().unwrap()
}

#[test]
fn leaving_a_stream_or_a_whole_answer_cancels_the_upstream() {
    for scenario in ["hold", "stall-before", "stall-headers", "endless"] {
        for body in [stream("auto", "hi"), question("auto", "hi")] {
            let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
            let app = app(&fake, scenario, &[]);
            let connection = app.open_chat(&body);
            fake.wait_for(PATIENCE, |journal| journal.scenario(scenario).open == 1).unwrap();
            assert_eq!(in_flight(&app), 1);
            drop(connection);
            fake.wait_for(PATIENCE, |journal| journal.scenario(scenario).cancelled == 1).unwrap();
            app.wait_under_way(0);
            assert_eq!(in_flight(&app), 0);
        }
    }
}

#[test]
fn no_more_are_under_way_than_may_be() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let app = app(&fake, "hold", &[("MAX_CONCURRENT", "2")]);
    let first = [app.open_chat(&stream("auto", "a")), app.open_chat(&stream("auto", "b"))];
    app.wait_under_way(2);
    let refused = app.chat(&question("auto", "c"));
    assert_eq!((refused.status, refused.error()["code"].as_str()), (429, Some("server_is_overloaded")));
    assert!(refused.header("retry-after").is_some());
    drop(first);
    app.wait_under_way(0);
}

#[test]
fn a_stopping_service_refuses_new_work_and_lets_answers_end() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let mut app = app(&fake, "ok~drip100", &[]);
    let mut under_way = app.open_chat(&stream("auto", "hi"));
    app.wait_under_way(1);
    app.stop();
    loop {
        let answer = app.chat(&question("auto", "hi"));
        if answer.status == 503 {
            assert_eq!(answer.error()["code"], "server_is_stopping");
            assert!(answer.header("retry-after").is_some());
            break;
        }
    }
    let mut text = String::new();
    under_way.read_to_string(&mut text).unwrap();
    assert!(text.contains("data: [DONE]"), "{text}");
}

#[test]
fn answers_that_outlast_the_drain_say_so() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let mut app = app(&fake, "endless", &[("DRAIN_S", "0")]);
    let mut under_way = app.open_chat(&stream("auto", "hi"));
    let mut first = [0; 1024];
    assert!(under_way.read(&mut first).unwrap() > 0);
    app.stop();
    let mut bytes = Vec::new();
    under_way.read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.contains("server_is_stopping") && !text.contains("[DONE]"), "{text}");
}
