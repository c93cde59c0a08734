use super::*;
use crate::chat::{Content, Format, Part, Role, Source, ToolChoice};

fn read(text: &str) -> Result<ChatRequest, Fault> {
    parse(Bytes::copy_from_slice(text.as_bytes()))
}

#[test]
fn every_form_of_content_and_role_is_read() {
    let request = read(
        r#"{"model":" m ","messages":[
            {"role":"developer","content":[{"type":"text","text":"a","cache_control":{}},{"type":"image_url"}]},
            {"role":"assistant","content":null,"tool_calls":[{"id":"x","function":{"name":"f","arguments":"{}"}}],"refusal":null},
            {"role":"function","name":"f","content":"r"},
            {"role":"user"}],
            "n":null,"stop":null,"tools":[],"stream_options":{"include_usage":true,"x":1},"unknown":{"a":[1]}}"#,
    )
    .unwrap();
    let roles: Vec<_> = request.messages.iter().map(|m| m.role).collect();
    assert_eq!(roles, [Role::System, Role::Assistant, Role::Tool, Role::User]);
    assert_eq!(request.messages[0].content.text(), "a");
    assert_eq!(request.messages[3].content, Content::None);
    assert!(request.include_usage && !request.stream && request.tools.is_empty());
    assert_eq!((request.messages[1].calls[0].id.as_str(), request.messages[2].call_id.as_deref()), ("x", Some("x")));
    assert_eq!((request.model.as_str(), request.choices), ("m", 1));
    assert_eq!(&request.body[request.model_at], b"\" m \"");
}

/// What is wrong with a request, and the field that is named for it.
const WRONG: &[(&str, &str)] = &[
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
    (r#"{"model":"m","messages":[{"role":"user"}],"max_completion_tokens":-1}"#, "max_completion_tokens"),
    (r#"{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{}}]}]}"#, "messages[0]"),
    (r#"{"model":"m","messages":[{"role":"tool","tool_call_id":"SECRET","content":""}]}"#, "messages[0].tool_call_id"),
    (r#"{"model":"m","messages":[{"role":"function","name":"SECRET","content":""}]}"#, "messages[0].name"),
    (r#"{"model":"m","messages":[{"role":"user"}],"tool_choice":"required"}"#, "tool_choice"),
    (r#"{"model":"m","messages":[{"role":"user"}],"tool_choice":"SECRET"}"#, "tool_choice"),
    (r#"{"model":"m","messages":[{"role":"user"}],"tools":[{"type":"function"}]}"#, "tools[0].function"),
    (
        r#"{"model":"m","messages":[{"role":"user"}],"tools":[{"type":"function","function":{"name":" "}}]}"#,
        "tools[0].function.name",
    ),
    (
        r#"{"model":"m","messages":[{"role":"user"}],"tools":[{"function":{"name":"f","parameters":["SECRET"]}}]}"#,
        "tools[0].function.parameters",
    ),
    (
        r#"{"model":"m","messages":[{"role":"user"}],"tools":[{"function":{"name":"f"}},{"function":{"name":"f"}}]}"#,
        "tools[1]",
    ),
    (
        r#"{"model":"m","messages":[{"role":"user"}],"tools":[{"function":{"name":"f"}}],
            "tool_choice":{"type":"function","function":{"name":"SECRET"}}}"#,
        "tool_choice",
    ),
    (
        r#"{"model":"m","messages":[{"role":"user"}],"response_format":{"type":"json_schema"}}"#,
        "response_format.json_schema",
    ),
    (
        r#"{"model":"m","messages":[{"role":"user"}],
            "response_format":{"type":"json_schema","json_schema":{"schema":"SECRET"}}}"#,
        "response_format.json_schema.schema",
    ),
    (r#"["SECRET"]"#, ""),
];

#[test]
fn errors_name_the_field_and_never_the_value() {
    for (text, param) in WRONG {
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

#[test]
fn attachments_are_read_in_every_form_and_stay_in_the_body() {
    let request = read(
        r#"{"model":"m","messages":[{"role":"user","content":[
            {"type":"image_url","image_url":{"url":"data:image/png;base64,QUJD","detail":"low"}},
            {"type":"input_image","image_url":"https://e.invalid/a.png"},
            {"type":"file","file":{"file_id":"file-1"}},
            {"type":"image_url","image_url":{"url":"file-2a"}},
            {"type":"file","file":{"filename":"a.txt","file_data":"data:text/plain;base64,QUI="}},
            {"type":"file_url","file_url":{"url":"https://e.invalid/a.pdf"}},
            {"type":"image_url","image_url":{"url":"data:image/svg+xml,%3Csvg%3E"}},
            {"type":"input_audio","input_audio":{"data":"x"}}]}]}"#,
    )
    .unwrap();
    let sources: Vec<_> = request.messages[0].content.parts().iter().map(source).collect();
    let data = |media_type: &str, base64: &'static str| {
        Some(Source::Data { media_type: media_type.into(), base64: Bytes::from_static(base64.as_bytes()) })
    };
    let expected = [
        data("image/png", "QUJD"),
        Some(Source::Address("https://e.invalid/a.png".into())),
        Some(Source::Stored("file-1".into())),
        Some(Source::Stored("file-2a".into())),
        data("text/plain", "QUI="),
        Some(Source::Address("https://e.invalid/a.pdf".into())),
        Some(Source::Here { media_type: "image/svg+xml".into(), bytes: Bytes::from_static(b"<svg>") }),
        None,
    ];
    assert!(sources == expected, "{sources:?}");
    let Some(Source::Data { base64, .. }) = &sources[0] else { panic!("{sources:?}") };
    assert!(request.body.as_ptr_range().contains(&base64.as_ptr()), "a picture is not copied");
    assert_eq!(request.messages[0].content.parts()[7], Part::Other("input_audio".into()));
}

fn source(part: &Part) -> Option<Source> {
    match part {
        Part::Picture(one) | Part::File(one) => Some(one.source.clone()),
        _ => None,
    }
}

#[test]
fn what_is_asked_of_the_answer_is_read() {
    let request = read(
        r#"{"model":"m","messages":[{"role":"user","content":"a"}],"stop":["x",""],"max_tokens":5,
            "max_completion_tokens":7,"parallel_tool_calls":false,"reasoning_effort":"high","web_search_options":{},
            "tools":[{"type":"function","name":"flat","description":"d","parameters":{"type":"object"}},
                {"type":"web_search"},{"type":"function","function":{"name":"g"}}],
            "tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"name":"flat"}]}},
            "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}}}"#,
    )
    .unwrap();
    assert_eq!((request.stop.as_slice(), request.max_tokens, request.one_call), (&["x".to_owned()][..], Some(7), true));
    assert_eq!((request.thinking, request.search), (Some(true), Some(true)));
    assert_eq!(request.tool_choice, ToolChoice::Required);
    let [tool] = request.tools.as_slice() else { panic!("{:?}", request.tools) };
    assert_eq!((tool.name.as_str(), &tool.parameters[..]), ("flat", &b"{\"type\":\"object\"}"[..]));
    assert!(matches!(&request.format, Format::Schema(schema) if schema.name == "n"));
    let thinks =
        |field: &str| read(&format!(r#"{{"model":"m","messages":[{{"role":"user"}}],{field}}}"#)).unwrap().thinking;
    assert_eq!(thinks(r#""reasoning_effort":"none""#), Some(false));
    assert_eq!(thinks(r#""reasoning_effort":"none","enable_thinking":true"#), Some(true));
    assert_eq!(thinks(r#""thinking":{"type":"disabled"}"#), Some(false));
    assert_eq!(thinks(r#""thinking":null"#), None);
}

#[test]
fn legacy_functions_are_tools() {
    let request = read(
        r#"{"model":"m","messages":[{"role":"user","content":"a"},
            {"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},
            {"role":"function","name":"f","content":"r"}],
            "functions":[{"name":"f"}],"function_call":{"name":"f"}}"#,
    )
    .unwrap();
    assert!(request.legacy_functions && request.one_call);
    assert_eq!(request.tool_choice, ToolChoice::Named("f".into()));
    assert_eq!(request.messages[2].call_id.as_deref(), Some(request.messages[1].calls[0].id.as_str()));
    assert_eq!(request.messages[1].calls[0].name, "f");
}

/// Some clients send an empty id for each call.
#[test]
fn results_of_calls_with_empty_ids_are_told_apart() {
    let request = read(
        r#"{"model":"m","messages":[{"role":"user","content":""},
            {"role":"assistant","tool_calls":[{"id":"","function":{"name":"f"}},{"id":"","function":{"name":"g"}}]},
            {"role":"tool","tool_call_id":"","content":"a"},{"role":"tool","content":"b"}]}"#,
    )
    .unwrap();
    let calls = &request.messages[1].calls;
    assert_eq!(request.messages[2].call_id.as_ref(), Some(&calls[0].id));
    assert_eq!(request.messages[3].call_id.as_ref(), Some(&calls[1].id));
    assert_ne!(calls[0].id, calls[1].id);
}

#[test]
fn the_calls_of_many_results_are_found_in_one_pass() {
    let many = 5_000;
    let calls = vec![r#"{"function":{"name":"f"}}"#; many].join(",");
    let results = vec![r#"{"role":"tool","content":""}"#; many].join(",");
    let begun = std::time::Instant::now();
    let body = format!(r#"{{"model":"m","messages":[{{"role":"assistant","tool_calls":[{calls}]}},{results}]}}"#);
    assert_eq!(read(&body).unwrap().messages.len(), many + 1);
    // A look at every call and result for each result takes minutes.
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
}

#[test]
fn a_custom_tool_can_be_named() {
    let request = read(
        r#"{"model":"m","messages":[{"role":"user","content":""}],
            "tools":[{"type":"custom","custom":{"name":"x"}},{"type":"function","function":{"name":"f"}}],
            "tool_choice":{"type":"custom","custom":{"name":"x"}}}"#,
    )
    .unwrap();
    assert_eq!(request.tool_choice, ToolChoice::Named("x".into()));
    let request = read(
        r#"{"model":"m","messages":[{"role":"user","content":""}],
            "tools":[{"type":"custom","custom":{"name":"x"}},{"type":"function","function":{"name":"f"}}],
            "tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"custom","custom":{"name":"x"}}]}}}"#,
    )
    .unwrap();
    assert_eq!(request.tools.len(), 1);
}
