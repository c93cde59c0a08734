use serde_json::{Value, json};

use super::*;
use crate::chat::{Content, Message, Part};

fn request(messages: &[(Role, &str)]) -> ChatRequest {
    let message = |(role, text): &(Role, &str)| Message {
        role: *role,
        content: Content::Text((*text).to_owned()),
        tool_calls: false,
    };
    ChatRequest { messages: messages.iter().map(message).collect(), ..ChatRequest::default() }
}

fn account() -> Account {
    let parts = [(COOKIE, "tongyi_sso_ticket=T$;a=\"b\""), (DEVICE, "dev ice"), (XSRF_TOKEN, "x/y")];
    Account::new("qianwen-1", Some(1), parts.map(|(k, v)| (k.to_owned(), v.to_owned())).into())
}

fn body(request: &ChatRequest) -> Value {
    let (outgoing, session) = chat("https://host", request, "Qwen", &account()).unwrap();
    let body: Value = serde_json::from_slice(&outgoing.body).unwrap();
    assert_eq!(body["session_id"], session);
    body
}

#[test]
fn the_body_has_the_sites_form() {
    let mut body = body(&request(&[(Role::User, "你好")]));
    for id in ["req_id", "session_id", "topic_id"] {
        assert_eq!(body[id].as_str().unwrap().len(), 32, "{id}");
        body[id] = json!("");
    }
    assert_eq!(
        body,
        json!({
            "req_id": "", "parent_req_id": "0",
            "messages": [{"mime_type": "text/plain", "content": "你好", "meta_data": {"ori_query": "你好"}, "status": "complete"}],
            "scene": "chat", "sub_scene": "", "scene_param": "first_turn", "session_id": "", "biz_id": "ai_qwen",
            "topic_id": "", "model": "Qwen", "from": "default", "protocol_version": "v2", "messages_merge": false,
            "chat_client": "h5", "deep_search": null, "temporary": false, "chat_mode": "quick", "bucket": {}
        })
    );
}

#[test]
fn the_history_has_no_roles_and_instructions_stand_before_the_first_words() {
    let told = |messages: &[(Role, &str)]| {
        let items = body(&request(messages))["messages"].clone();
        let one = |item: &Value| {
            let person = item["meta_data"].get("ori_query").is_some();
            assert!(!person || item["meta_data"]["ori_query"] == item["content"]);
            (person, item["content"].as_str().unwrap().to_owned())
        };
        items.as_array().unwrap().iter().map(one).collect::<Vec<_>>()
    };
    let turn = |person, text: &str| (person, text.to_owned());
    use Role::{Assistant, System, User};
    assert_eq!(
        told(&[(System, "S"), (User, "a"), (User, "b"), (Assistant, "c"), (System, "T"), (User, "d")]),
        [turn(true, "S\n\nT\n\na\n\nb"), turn(false, "c"), turn(true, "d")]
    );
    assert_eq!(told(&[(System, "S")]), [turn(true, "S")]);
    assert_eq!(told(&[(User, "a"), (Assistant, "b")]).last(), Some(&turn(true, CONTINUE)));
}

#[test]
fn parts_are_joined_and_silence_is_refused() {
    let parts = Content::Parts(vec![Part::Text("a".into()), Part::Text("b".into())]);
    let message = Message { role: Role::User, content: parts, tool_calls: false };
    assert_eq!(
        body(&ChatRequest { messages: vec![message], ..ChatRequest::default() })["messages"][0]["content"],
        "a\nb"
    );
    let fault = chat("https://host", &request(&[(Role::User, "")]), "Qwen", &account()).unwrap_err();
    assert_eq!(fault.param.as_deref(), Some("messages"));
}

#[test]
fn query_and_headers_carry_what_the_site_needs_and_print_no_secret() {
    let (outgoing, _) = chat("https://host", &request(&[(Role::User, "x")]), "Qwen", &account()).unwrap();
    let url = outgoing.url.to_string();
    let (path, query) = url.split_once('?').unwrap();
    assert_eq!(path, "https://host/api/v2/chat");
    for pair in ["biz_id=ai_qwen", "chat_client=h5", "device=pc", "fr=pc", "pr=qwen", "ut=dev%20ice"] {
        assert!(query.split('&').any(|one| one == pair), "{pair} in {query}");
    }
    let header = |name: &str| outgoing.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_bytes().to_vec());
    assert_eq!(header("cookie").unwrap(), b"tongyi_sso_ticket=T$;a=\"b\"");
    assert_eq!(header("x-xsrf-token").unwrap(), b"x/y");
    assert_eq!(header("origin").unwrap(), b"https://www.qianwen.com");
    assert!(String::from_utf8(header("accept").unwrap()).unwrap().contains("text/event-stream"));
    let printed = format!("{:?}", outgoing.headers);
    assert!(!printed.contains("T$") && !printed.contains("x/y"), "{printed}");
}
