use super::*;

fn read(text: &str) -> Result<ChatRequest, Fault> {
    parse(Bytes::copy_from_slice(text.as_bytes()))
}

#[test]
fn every_form_of_content_and_role_is_read() {
    let request = read(
        r#"{"model":" m ","messages":[
            {"role":"developer","content":[{"type":"text","text":"a","cache_control":{}},{"type":"image_url"}]},
            {"role":"assistant","content":null,"tool_calls":[{"id":"x"}],"refusal":null},
            {"role":"function","name":"f","content":"r"},
            {"role":"user"}],
            "n":null,"stop":null,"tools":[],"stream_options":{"include_usage":true,"x":1},"unknown":{"a":[1]}}"#,
    )
    .unwrap();
    let roles: Vec<_> = request.messages.iter().map(|m| m.role).collect();
    assert_eq!(roles, [Role::System, Role::Assistant, Role::Tool, Role::User]);
    assert_eq!(request.messages[0].content.text(), "a");
    assert_eq!(request.messages[3].content, Content::None);
    assert!(request.messages[1].tool_calls && request.include_usage && !request.stream && !request.tools);
    assert_eq!((request.model.as_str(), request.choices), ("m", 1));
    assert_eq!(&request.body[request.model_at], b"\" m \"");
}

#[test]
fn errors_name_the_field_and_never_the_value() {
    for (text, param) in [
        (r#"{"messages":[{"role":"user","content":"SECRET"}]}"#, "model"),
        (r#"{"model":"m"}"#, "messages"),
        (r#"{"model":"m","messages":[]}"#, "messages"),
        (r#"{"model":["SECRET"],"messages":[]}"#, "model"),
        (r#"{"model":"m","messages":[{"role":"SECRET","content":""}]}"#, "messages[0].role"),
        (r#"{"model":"m","messages":[{"role":"user","content":{"SECRET":1}}]}"#, "messages[0].content"),
        (r#"{"model":"m","messages":[{"role":"user","content":[{"type":"text"}]}]}"#, "messages[0].content"),
        (r#"{"model":"m","messages":[{"content":"SECRET"}]}"#, "messages[0]"),
        (r#"{"model":"m","messages":[{"role":"user"}],"stream":"SECRET"}"#, "stream"),
        (r#"{"model":"m","messages":[{"role":"user"}],"n":0}"#, "n"),
        (r#"{"model":"m","messages":[{"role":"user"}],"stop":["a","b","c","d","e"]}"#, "stop"),
        (r#"{"model":"m","messages":[{"role":"user"}],"max_tokens":"SECRET"}"#, "max_tokens"),
        (r#"["SECRET"]"#, ""),
    ] {
        let fault = read(text).expect_err(text);
        assert!(fault.param.as_deref().unwrap_or_default().starts_with(param), "{text}: {fault:?}");
        assert!(!fault.message.contains("SECRET"), "{fault:?}");
    }
}

#[test]
fn broken_json_is_named_by_its_place() {
    for text in ["", "{", "{\"model\":\"m\",}", "nonsense", "{\"model\":\"\\ud800\"}", "{} {}"] {
        let fault = read(text).expect_err(text);
        assert!(!fault.message.is_empty(), "{text}");
    }
    assert!(read("{").unwrap_err().message.contains("line 1, column 1"));
}

#[test]
fn deep_nesting_is_an_error_not_a_crash() {
    let text = format!("{{\"model\":\"m\",\"x\":{}{}}}", "[".repeat(200_000), "]".repeat(200_000));
    assert!(read(&text).is_err());
}
