//! Calls that end in ways that are easily taken for others.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::PathBuf;

use fake_upstream::{FIXTURES_DIR, FakeUpstream};
use qianqiao::app::Parts;
use qianqiao::providers::Kind;
use serde_json::{Value, json};

use crate::app::{KEY, TestApp, question, start, start_with, stream, until};
use crate::toy::Toy;

static TOY: &[&dyn Kind] = &[&Toy];

fn toy(variables: &[(&str, &str)]) -> TestApp {
    start_with(variables, Parts { kinds: TOY, ..Parts::default() })
}

/// The only call, once it is listed.
fn call(app: &TestApp, parameters: &str) -> Value {
    let listed = || app.get(&format!("/admin/api/requests{parameters}")).json()["requests"].as_array().unwrap().clone();
    let calls = until(|| Some(listed()).filter(|calls| !calls.is_empty()));
    assert_eq!(calls.len(), 1, "{calls:?}");
    calls[0].clone()
}

#[test]
fn a_model_that_is_not_the_callers_is_refused_as_one_that_nobody_has() {
    let app = toy(&[]);
    let draft = json!({"name": "friend", "models": ["other"]}).to_string();
    let made = app.call("POST", "/admin/api/keys", &[("x-api-key", KEY)], &draft).json();
    let right = format!("Bearer {}", made["secret"].as_str().unwrap());
    let body = question("script", "t:x\nend").to_string();
    let told = app.call("POST", "/v1/chat/completions", &[("Authorization", &right)], &body);
    assert_eq!(told.status, 404);
    let call = call(&app, "");
    assert_eq!((&call["outcome"], &call["status"]), (&json!("refused"), &json!(404)), "{call}");
    assert_eq!((&call["code"], &call["model"]), (&json!("model_not_found"), &json!("script")), "{call}");
    assert_eq!(call["key"], made["key"]["id"]);
    assert_eq!(app.get("/admin/api/usage?by=model").json()["totals"][0]["name"], "");
}

#[test]
fn what_is_counted_under_no_model_is_listed_so_too() {
    let app = toy(&[]);
    assert_eq!(app.chat(&question("no-such-model", "hi")).status, 404);
    assert_eq!(app.chat(&question("script", "t:x\nend")).status, 200);
    assert_eq!(app.get("/admin/api/usage?model=").json()["totals"][0]["requests"], 1);
    assert_eq!(call(&app, "?model=")["model"], "no-such-model");
    assert_eq!(call(&app, "?model=script")["model"], "script");
}

#[test]
fn an_answer_that_stands_in_for_a_second_one_is_its_accounts() {
    let app = toy(&[("ACCOUNT_REQUESTS_PER_DAY", "1"), ("QUEUE_WAIT_S", "0")]);
    let mut body = question("script", "t:no\nu:10,5\nend\n--\nt:{}\nend");
    body["response_format"] = json!({"type": "json_object"});
    let told = app.chat(&body);
    assert_eq!((told.status, told.header("x-qianqiao-attempts")), (200, Some("1")), "{}", told.body);
    let call = call(&app, "");
    assert_eq!((&call["account"], &call["attempts"]), (&json!("toy-1"), &json!(1)), "{call}");
    assert_eq!((&call["served"], &call["completion_tokens"]), (&json!("toy/script"), &json!(5)), "{call}");
}

#[test]
fn a_client_that_leaves_within_its_question_has_left() {
    let app = toy(&[]);
    let mut connection = TcpStream::connect(("127.0.0.1", app.port)).unwrap();
    let head = format!("POST /v1/chat/completions HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {KEY}\r\n");
    connection.write_all(format!("{head}Content-Length: 1000\r\n\r\n{{\"model\"").as_bytes()).unwrap();
    connection.shutdown(Shutdown::Both).unwrap();
    drop(connection);
    let call = call(&app, "");
    assert_eq!((&call["outcome"], &call["status"]), (&json!("abandoned"), &json!(499)), "{call}");
}

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn answers_that_a_stop_cuts_off_are_counted_before_the_service_ends() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let folder = Folder(std::env::temp_dir().join(format!("qianqiao-cut-{}", std::process::id())));
    let (origin, dir) = (fake.base_url(), folder.0.to_str().unwrap());
    let variables = [
        ("CN_ACCOUNT_1_COOKIE", "n=1; tongyi_sso_ticket=endless"),
        ("QIANWEN_BASE_URL", &origin),
        ("DATA_DIR", dir),
        ("DRAIN_S", "0"),
    ];
    let mut app = start(&variables);
    let mut held: Vec<_> = (0..3).map(|_| app.open_chat(&stream("auto", "hi"))).collect();
    for one in &mut held {
        assert!(one.read(&mut [0; 4096]).unwrap() > 0);
    }
    app.stop();
    for one in &mut held {
        let mut rest = Vec::new();
        one.read_to_end(&mut rest).unwrap();
    }
    drop(app);
    let app = start(&variables);
    let calls = app.get("/admin/api/requests").json()["requests"].clone();
    let told: Vec<_> = calls.as_array().unwrap().iter().map(|call| (&call["outcome"], &call["status"])).collect();
    assert_eq!(told, [(&json!("internal"), &json!(503)); 3], "{calls}");
    assert!(calls[0]["completion_tokens"].as_u64() > Some(0) && calls[0]["account"] == "qianwen-1", "{calls}");
    let total = app.get("/admin/api/usage").json()["totals"][0].clone();
    assert_eq!((&total["requests"], &total["internal"]), (&json!(3), &json!(3)), "{total}");
}
