use bytes::Bytes;

use super::*;
use crate::chat::{Message, Role};

fn schema(text: &str) -> Format {
    let schema = Bytes::copy_from_slice(text.as_bytes());
    Format::Schema(Box::new(Schema { name: "person".into(), description: String::new(), schema }))
}

const PERSON: &str = r#"{"type":"object","properties":{"age":{"type":"integer"}},"required":["age"]}"#;

fn told(format: &Format, last: bool, events: Vec<Event>) -> (Vec<Event>, Finish) {
    let mut stage = stage(format, last);
    let mut out = Vec::new();
    for event in events {
        stage.push(Decoded::event(event), Instant::now(), &mut out).unwrap();
    }
    let finish = stage.finish(&mut out).unwrap();
    (out.into_iter().flat_map(|one| one.events).collect(), finish)
}

fn text(text: &str) -> Event {
    Event::Text(text.to_owned())
}

const STOP: Event = Event::Done(FinishReason::Stop);

#[test]
fn json_comes_out_bare_and_last() {
    let events = vec![Event::Reasoning("hm".into()), text("Sure:\n```json\n{\"age\""), text(": 7}\n```"), STOP];
    let (events, finish) = told(&schema(PERSON), false, events);
    assert_eq!(events, [Event::Reasoning("hm".into()), text("{\"age\": 7}"), STOP]);
    assert_eq!(finish, Finish::Whole);
}

#[test]
fn what_is_wrong_is_asked_again_once_and_says_why() {
    let wrong = || vec![text("{\"age\": \"seven\"}"), STOP];
    let (events, finish) = told(&schema(PERSON), false, wrong());
    let Finish::Again(correction) = finish else { panic!("{finish:?}") };
    assert!(events.is_empty() && correction.wanted.contains("/age"), "{}", correction.wanted);
    assert_eq!(correction.said, "{\"age\": \"seven\"}");
    let (events, finish) = told(&schema(PERSON), true, wrong());
    assert_eq!((events, finish), (wrong(), Finish::Whole));
    let (_, finish) = told(&Format::Json, false, vec![text("I cannot."), STOP]);
    assert!(matches!(finish, Finish::Again(_)));
    let (_, finish) = told(&Format::Json, false, vec![text("[{}]"), STOP]);
    assert!(matches!(finish, Finish::Again(_)), "an object was asked for");
}

#[test]
fn what_was_cut_short_is_not_asked_again() {
    let cut = vec![text("{\"age\": "), Event::Done(FinishReason::Length)];
    assert_eq!(told(&schema(PERSON), false, cut.clone()), (cut, Finish::Whole));
}

#[test]
fn a_call_takes_the_answers_place() {
    let call = Event::ToolCall(crate::chat::ToolDelta { name: Some("f".into()), ..Default::default() });
    let events = vec![text("first"), call, Event::Done(FinishReason::ToolCalls)];
    assert_eq!(told(&Format::Json, false, events.clone()), (events, Finish::Whole));
}

#[test]
fn a_schema_that_is_none_is_named() {
    let request = |text: &str| ChatRequest { format: schema(text), ..ChatRequest::default() };
    assert!(check(&request(PERSON)).is_ok());
    let fault = check(&request(r#"{"type": "SECRET"}"#)).unwrap_err();
    assert_eq!(fault.param.as_deref(), Some("response_format.json_schema.schema"));
    assert!(!fault.message.contains("SECRET"), "{fault:?}");
    // Nothing is fetched, so what cannot be found is wrong.
    assert!(check(&request(r#"{"$ref": "https://example.invalid/x.json"}"#)).is_err());
}

#[test]
fn the_model_learns_what_is_wanted() {
    let messages = vec![Message::new(Role::System, "S"), Message::new(Role::User, "U")];
    let mut request = ChatRequest { messages, format: schema(PERSON), ..ChatRequest::default() };
    ask(&mut request);
    assert_eq!(request.format, Format::Text);
    assert!(request.messages[1].content.text().contains(PERSON));
    assert_eq!(request.messages[1].role, Role::System);
    assert!(request.messages[2].content.text().starts_with("U\n\n("));
}
