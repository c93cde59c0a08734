//! What bad input gets: OpenAI's object, the right status, the field's name.

use serde_json::{Value, json};

use crate::app::{KEY, TestApp, question, start};

fn refused(app: &TestApp, body: &Value) -> (u16, Value) {
    let answer = app.chat(body);
    (answer.status, answer.error())
}

#[test]
fn the_field_is_named() {
    let app = start(&[]);
    for (body, param) in [
        (json!({"messages": [{"role": "user", "content": "x"}]}), "model"),
        (json!({"model": "auto"}), "messages"),
        (json!({"model": "auto", "messages": "x"}), "messages"),
        (json!({"model": "auto", "messages": [{"role": "user", "content": "x"}], "temperature": "hot"}), "temperature"),
    ] {
        let (status, error) = refused(&app, &body);
        assert_eq!((status, error["type"].as_str()), (400, Some("invalid_request_error")));
        assert_eq!(error["param"], param, "{error}");
    }
}

#[test]
fn what_a_plain_chat_cannot_do_is_refused_by_name() {
    let app = start(&[("CN_ACCOUNT_1_COOKIE", "tongyi_sso_ticket=x"), ("QIANWEN_BASE_URL", "http://127.0.0.1:9")]);
    let image = json!([{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {"url": "data:,"}}]);
    for app in [start(&[]), app] {
        let body = json!({"model": "auto", "messages": [{"role": "user", "content": image}]});
        let (status, error) = refused(&app, &body);
        assert_eq!((status, error["param"].as_str()), (400, Some("messages[0].content[1]")));
        let told = error["message"].as_str().unwrap();
        assert!(told.contains("picture") || told.contains("is empty"), "{error}");
        for (field, value, param) in [
            ("n", json!(9), "n"),
            ("response_format", json!({"type": "grammar"}), "response_format.type"),
            ("tools", json!([{"type": "custom", "custom": {"name": "c"}}]), "tools[0].type"),
            (
                "tools",
                json!([{"type": "function", "function": {"name": "f"}}, {"function": {"name": "f"}}]),
                "tools[1]",
            ),
            ("tool_choice", json!("required"), "tool_choice"),
        ] {
            let mut body = question("auto", "x");
            body[field] = value;
            let (status, error) = refused(&app, &body);
            assert_eq!((status, error["param"].as_str()), (400, Some(param)), "{error}");
        }
        let audio = json!([{"type": "input_audio", "input_audio": {"data": "", "format": "wav"}}]);
        let (_, error) = refused(&app, &json!({"model": "auto", "messages": [{"role": "user", "content": audio}]}));
        assert!(error["message"].as_str().unwrap().contains("input_audio"), "{error}");
    }
}

#[test]
fn an_unknown_model_is_told_with_near_names() {
    let app = start(&[("CN_ACCOUNT_1_COOKIE", "tongyi_sso_ticket=x"), ("QIANWEN_BASE_URL", "http://127.0.0.1:9")]);
    let (status, error) = refused(&app, &question("qwen-maxx", "x"));
    assert_eq!(
        (status, error["code"].as_str(), error["param"].as_str()),
        (404, Some("model_not_found"), Some("model"))
    );
    assert!(error["message"].as_str().unwrap().contains("`qwen-max`"), "{error}");
    assert_eq!(app.get("/v1/models/nobody/knows").error()["code"], "model_not_found");
}

#[test]
fn a_wrong_key_and_no_key_are_told_apart_from_the_owners_accounts() {
    let app = start(&[]);
    let body = question("auto", "x").to_string();
    for headers in [vec![], vec![("Authorization", "Bearer wrong")], vec![("x-api-key", "")]] {
        let answer = app.call("POST", "/v1/chat/completions", &headers, &body);
        assert_eq!((answer.status, answer.error()["code"].as_str()), (401, Some("invalid_api_key")));
    }
}

#[test]
fn unknown_urls_and_methods_are_json_too() {
    let app = start(&[]);
    assert_eq!(
        (app.get("/v1/nothing").status, app.get("/v1/nothing").error()["code"].as_str()),
        (404, Some("unknown_url"))
    );
    let answer = app.call("DELETE", "/v1/chat/completions", &[], "");
    assert_eq!((answer.status, answer.error()["code"].as_str()), (405, Some("method_not_allowed")));
}

#[test]
fn a_body_that_is_too_large_is_refused() {
    let app = start(&[("MAX_BODY_MB", "1")]);
    let body = question("auto", &"x".repeat(1 << 20)).to_string();
    let answer = app.call("POST", "/v1/chat/completions", &[("Authorization", &format!("Bearer {KEY}"))], &body);
    assert_eq!((answer.status, answer.error()["code"].as_str()), (413, Some("request_too_large")));
}
