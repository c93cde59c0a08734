//! A credential says what a test told it to say.

use fake_upstream::FakeUpstream;
use serde_json::{Value, json};

use crate::client::{Answer, Client, chat_openai, chat_qianwen, member_info, post};
use crate::{openai_text, qianwen_texts, start};

fn ask(fake: &FakeUpstream, request: &str) -> Answer {
    Client::connect(fake).send(request).answer()
}

fn chunks(answer: &Answer) -> Vec<Value> {
    let text = answer.text();
    let events = text.split("\n\n").filter_map(|event| event.strip_prefix("data: {"));
    events.map(|rest| serde_json::from_str(&format!("{{{rest}")).unwrap()).collect()
}

#[test]
fn turns_follow_one_another_in_both_dialects_and_the_last_stays() {
    let fake = start();
    assert!(fake.say("alice", &json!([{"text": "first one"}, {"text": "second", "pieces": 2}])));
    assert_eq!(openai_text(&ask(&fake, &chat_openai("alice", true)).body), "first one");
    for _ in 0..2 {
        let texts = qianwen_texts(&ask(&fake, &chat_qianwen("alice")).body);
        assert_eq!(texts, ["sec", "second", "second"]);
    }
    let plain = ask(&fake, &chat_openai("alice", false)).json();
    assert_eq!(plain["choices"][0]["message"]["content"], "second");
    assert_eq!(plain["choices"][0]["finish_reason"], "stop");
}

#[test]
fn what_is_said_goes_before_the_plan_until_the_reset() {
    let fake = start();
    assert_eq!(ask(&fake, &post("/__fake/say?name=500", "", r#"[{"text": "well"}]"#)).status, 200);
    assert_eq!(ask(&fake, &chat_openai("500", false)).status, 200);
    assert_eq!(ask(&fake, &member_info("tongyi_sso_ticket=500")).json()["data"]["userId"], "user-500");
    ask(&fake, &post("/__fake/reset", "", ""));
    assert_eq!(ask(&fake, &chat_openai("500", false)).status, 500);
}

#[test]
fn a_turn_may_be_a_scenario() {
    let fake = start();
    assert!(fake.say("alice", &json!([{"plan": "429-after-1"}, {"text": "now"}])));
    let refused = ask(&fake, &chat_qianwen("alice"));
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("1")));
    assert_eq!(qianwen_texts(&ask(&fake, &chat_qianwen("alice")).body).last().unwrap(), "now");
}

#[test]
fn thinking_and_sources_stand_where_the_site_has_them() {
    let fake = start();
    let page = json!({"title": "Weather", "url": "https://weather.example/"});
    assert!(fake.say("alice", &json!([{"text": "Sunny.", "reasoning": "Hm, look.", "sources": [page]}])));
    let answer = ask(&fake, &chat_qianwen("alice"));
    let texts = qianwen_texts(&answer.body);
    assert_eq!(texts.last().unwrap(), "[(deep_think)]Sunny.");
    assert!(texts.contains(&"[(deep_think)]".to_owned()), "{texts:?}");
    let frame = answer.text().lines().rev().find_map(|line| line.strip_prefix("data:{").map(str::to_owned)).unwrap();
    let frame: Value = serde_json::from_str(&format!("{{{frame}")).unwrap();
    let messages = &frame["data"]["messages"];
    assert_eq!(messages[1]["mime_type"], "bar/iframe");
    assert_eq!(messages[1]["meta_data"]["sources"][0]["content"]["list"], json!([page]));
    assert_eq!(messages[2]["meta_data"]["multi_load"][0]["content"]["think_content"], "Hm, look.");
    let thought = chunks(&ask(&fake, &chat_openai("alice", true)));
    let thought = thought.iter().filter_map(|chunk| chunk["choices"][0]["delta"]["reasoning_content"].as_str());
    assert_eq!(thought.collect::<String>(), "Hm, look.");
}

#[test]
fn a_compatible_service_calls_tools_of_its_own() {
    let fake = start();
    let call = json!({"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{\"a\":1}"}});
    assert!(fake.say("alice", &json!([{"tool_calls": [call]}])));
    let plain = &ask(&fake, &chat_openai("alice", false)).json()["choices"][0];
    assert_eq!((&plain["message"]["tool_calls"], &plain["message"]["content"]), (&json!([call]), &Value::Null));
    assert_eq!(plain["finish_reason"], "tool_calls");
    let chunks = chunks(&ask(&fake, &chat_openai("alice", true)));
    assert_eq!(chunks.last().unwrap()["choices"][0]["finish_reason"], "tool_calls");
    let arguments = chunks.iter().filter_map(|chunk| {
        chunk["choices"][0]["delta"]["tool_calls"][0]["function"]["arguments"].as_str().map(str::to_owned)
    });
    assert_eq!(arguments.collect::<String>(), "{\"a\":1}");
}

#[test]
fn several_choices_take_several_turns() {
    let fake = start();
    assert!(fake.say("alice", &json!([{"text": "a"}, {"text": "b", "finish": "length"}])));
    let request = chat_openai("alice", false);
    let body = request.split("\r\n\r\n").last().unwrap().replacen('{', r#"{"n":3,"#, 1);
    let answer = ask(&fake, &post("/v1/chat/completions", "Authorization: Bearer sk-alice\r\n", &body)).json();
    let choices: Vec<_> = answer["choices"].as_array().unwrap().iter().collect();
    let said: Vec<_> = choices.iter().map(|choice| (&choice["index"], &choice["message"]["content"])).collect();
    assert_eq!(said, [(&json!(0), &json!("a")), (&json!(1), &json!("b")), (&json!(2), &json!("b"))]);
    assert_eq!(choices[1]["finish_reason"], "length");
}

#[test]
fn the_last_body_is_kept_whole() {
    let fake = start();
    assert_eq!(ask(&fake, "GET /__fake/last?name=ok HTTP/1.1\r\n\r\n").status, 404);
    let long = "x".repeat(10_000);
    let body = format!(r#"{{"model":"m","messages":[{{"role":"user","content":"{long}"}}]}}"#);
    ask(&fake, &post("/v1/chat/completions", "Authorization: Bearer sk-ok\r\n", &body));
    let kept = ask(&fake, "GET /__fake/last?name=ok HTTP/1.1\r\n\r\n");
    assert_eq!((kept.status, kept.text()), (200, body.clone()));
    assert_eq!(fake.last("ok").unwrap(), body);
}

#[test]
fn a_slip_is_refused() {
    let fake = start();
    for (target, body) in [("say?name=alice", "[]"), ("say?name=alice", "{"), ("say", r#"[{"text":"a"}]"#)] {
        assert_eq!(ask(&fake, &post(&format!("/__fake/{target}"), "", body)).status, 400, "{target} {body}");
    }
}
