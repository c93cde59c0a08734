//! Calls that end in ways that are easily taken for others.

use std::io::Write;
use std::net::{Shutdown, TcpStream};

use qianqiao::app::Parts;
use qianqiao::providers::Kind;
use serde_json::{Value, json};

use crate::app::{KEY, TestApp, question, start_with, until};
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
