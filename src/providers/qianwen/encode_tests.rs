use serde_json::{Value, json};

use super::*;
use crate::chat::{Attachment, Content, Message, Part, Role, Source};
use crate::providers::qianwen::turns::{CONTINUE, LOOK};

fn request(messages: &[(Role, &str)]) -> ChatRequest {
    let message = |(role, text): &(Role, &str)| Message::new(*role, *text);
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
    let message = Message { content: parts, ..Message::new(Role::User, "") };
    assert_eq!(
        body(&ChatRequest { messages: vec![message], ..ChatRequest::default() })["messages"][0]["content"],
        "a\nb"
    );
    let fault = chat("https://host", &request(&[(Role::User, "")]), "Qwen", &account()).unwrap_err();
    assert_eq!(fault.param.as_deref(), Some("messages"));
}

fn picture(id: &str) -> Part {
    let url = format!("https://cdn/{id}");
    let kept = [("url", url.as_str()), ("id", id), ("format", "png"), ("name", "p.png"), ("size", "67")];
    let kept = kept.map(|(key, value)| (key.to_owned(), value.to_owned()));
    Part::Picture(Attachment { source: Source::Uploaded(kept.into()), name: Some("mine.png".into()) })
}

fn shown(ids: &[&str]) -> Value {
    let info = |id: &&str| json!({"url": format!("https://cdn/{id}"), "id": id, "file_format": "png", "file_name": "p.png", "file_size": "67"});
    let infos: Vec<_> = ids.iter().map(info).collect();
    json!({"mime_type": "image/url", "content": "", "meta_data": {"resource_infos": infos}, "status": "complete"})
}

fn said(text: &str) -> Value {
    json!({"mime_type": "text/plain", "content": text, "meta_data": {"ori_query": text}, "status": "complete"})
}

fn with_parts(messages: Vec<(Role, Vec<Part>)>) -> ChatRequest {
    let message = |(role, parts)| Message { content: Content::Parts(parts), ..Message::new(role, "") };
    ChatRequest { messages: messages.into_iter().map(message).collect(), ..ChatRequest::default() }
}

#[test]
fn pictures_stand_before_the_text_of_their_turn() {
    use Role::{Assistant, System, User};
    let text = |text: &str| Part::Text(text.to_owned());
    let sent = |messages| body(&with_parts(messages))["messages"].clone();
    assert_eq!(sent(vec![(User, vec![text("a"), picture("1"), picture("2")])]), json!([shown(&["1", "2"]), said("a")]));
    assert_eq!(
        sent(vec![(User, vec![picture("1")]), (User, vec![text("b"), picture("2")])]),
        json!([shown(&["1", "2"]), said("b")])
    );
    let answered = json!({"mime_type": "text/plain", "content": "c", "meta_data": {}, "status": "complete"});
    assert_eq!(
        sent(vec![
            (System, vec![text("S"), picture("0")]),
            (User, vec![picture("1")]),
            (Assistant, vec![picture("2"), text("c")]),
            (User, vec![picture("3")]),
        ]),
        json!([shown(&["0", "1"]), said(&format!("S\n\n{LOOK}")), shown(&["2"]), answered, shown(&["3"]), said(LOOK)])
    );
    assert_eq!(sent(vec![(System, vec![picture("1")])]), json!([shown(&["1"]), said(LOOK)]));
}

#[test]
fn what_is_neither_text_nor_an_uploaded_picture_is_refused_by_its_place() {
    let attachment = |source| Attachment { source, name: None };
    let address = || Source::Address("https://a/p.png".into());
    let wrong = [
        Part::Picture(attachment(address())),
        Part::Picture(attachment(Source::Uploaded([("id".to_owned(), "1".to_owned())].into()))),
        Part::File(attachment(Source::Stored("file-1".into()))),
        Part::Other("input_audio".into()),
    ];
    for part in wrong {
        let mut request = with_parts(vec![(Role::User, vec![picture("1")]), (Role::User, vec![part.clone()])]);
        let refused = |request: &ChatRequest| chat("https://host", request, "Qwen", &account()).unwrap_err();
        assert_eq!(refused(&request).param.as_deref(), Some("messages[1].content"), "{part:?}");
        request.messages[1].origin = Some(7);
        let fault = refused(&request);
        assert_eq!(fault.kind, FaultKind::Request);
        assert!(fault.message.contains("messages[7].content") && !fault.message.contains("a/p.png"), "{fault}");
    }
}

#[test]
fn thinking_and_search_are_asked_for_only_in_so_many_words() {
    let asked = |thinking, search| {
        let body = body(&ChatRequest { thinking, search, ..request(&[(Role::User, "x")]) });
        let field = |name: &str| body.get(name).cloned();
        (field("deep_search"), field("chat_mode"), field("enable_search"))
    };
    let quick = || (Some(json!(null)), Some(json!("quick")));
    for thinking in [None, Some(false)] {
        let (deep_search, chat_mode, enable_search) = asked(thinking, None);
        assert_eq!(((deep_search, chat_mode), enable_search), (quick(), None));
    }
    assert_eq!(asked(Some(true), Some(true)), (Some(json!("1")), None, Some(json!(true))));
    assert_eq!(asked(Some(true), Some(false)).2, Some(json!(false)));
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
