//! The stream contract, on the toy provider and with a stage that changes nothing but drops the frames' own bytes.

use qianqiao::app::Parts;
use qianqiao::chat::{ChatRequest, Decoded, Fault};
use qianqiao::config::Limits;
use qianqiao::providers::{KINDS, Kind};
use qianqiao::stages::{Flow, Maker, STAGES, Stage};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::app::{Answer, TestApp, question, start_with, stream};
use crate::toy::Toy;
use fake_upstream::FakeUpstream;

static WITH_TOY: &[&dyn Kind] = &[&Toy, KINDS[0]];
static WITH_REBUILD: &[Maker] = &[STAGES[0], rebuild, STAGES[1]];

/// Everything is rebuilt from its events.
struct Rebuild;

fn rebuild(_: &ChatRequest, _: &Limits, _: Instant) -> Option<Box<dyn Stage>> {
    Some(Box::new(Rebuild))
}

impl Stage for Rebuild {
    fn push(&mut self, decoded: Decoded, _: Instant, out: &mut Vec<Decoded>) -> Result<Flow, Fault> {
        out.push(Decoded { native: None, ..decoded });
        Ok(Flow::On)
    }
}

fn toy() -> TestApp {
    start_with(&[], Parts { kinds: WITH_TOY, stages: WITH_REBUILD, ..Parts::default() })
}

/// What holds for every whole stream.
pub fn check_contract(answer: &Answer) {
    let chunks = answer.chunks();
    let (mut roles, mut finishes, mut usages) = (0, 0, 0);
    for (at, chunk) in chunks.iter().enumerate() {
        for field in ["id", "created", "model", "object"] {
            assert_eq!(chunk[field], chunks[0][field], "{field} is the same on every chunk");
        }
        assert_eq!(chunk["object"], "chat.completion.chunk");
        assert!(chunk.get("error").is_none() && chunk.get("type").is_none(), "{chunk}");
        let Some(choice) = chunk["choices"].get(0) else {
            usages += 1;
            assert!(chunk["usage"].is_object(), "{chunk}");
            continue;
        };
        assert_eq!(usages, 0, "usage comes last");
        assert!(chunk["usage"].is_null());
        let delta = choice["delta"].as_object().unwrap();
        let kinds = delta.iter().filter(|(_, v)| !v.is_null() && *v != "").map(|(k, _)| k.as_str()).collect::<Vec<_>>();
        assert!(kinds.len() <= 1, "one kind of payload: {chunk}");
        if kinds == ["role"] {
            roles += 1;
            assert_eq!(at, 0, "the role comes first");
        }
        if !choice["finish_reason"].is_null() {
            finishes += 1;
            assert!(kinds.is_empty(), "the finish reason has a chunk of its own: {chunk}");
        } else {
            assert_eq!(finishes, 0, "nothing of the answer follows its end: {chunk}");
        }
    }
    assert_eq!((roles, finishes), (1, 1), "{}", answer.body);
    assert!(usages <= 1);
}

#[test]
fn a_scripted_answer_keeps_the_contract() {
    let app = toy();
    let answer = app.chat(&stream("script", "r:think\nr: more\nt:Hello \"world\"\nt: 千桥\nu:3,4\nend"));
    check_contract(&answer);
    assert_eq!(answer.said(), ("Hello \"world\" 千桥".to_owned(), "think more".to_owned()));
    let usage = answer.chunks().last().unwrap()["usage"].clone();
    assert_eq!(usage, json!({"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}));
}

#[test]
fn usage_is_sent_only_when_asked_for() {
    let app = toy();
    let mut body = stream("script", "t:x\nu:3,4\nend");
    body.as_object_mut().unwrap().remove("stream_options");
    let answer = app.chat(&body);
    check_contract(&answer);
    assert!(answer.chunks().iter().all(|chunk| chunk.get("usage").is_none()), "{}", answer.body);
}

#[test]
fn a_missing_usage_is_counted_with_the_vocabulary() {
    let app = toy();
    let answer = app.chat(&question("script", "t:Hello world\nend")).json();
    assert_eq!(answer["usage"]["completion_tokens"], 2);
    let streamed = app.chat(&stream("script", "t:Hello world\nend"));
    check_contract(&streamed);
    assert_eq!(streamed.chunks().last().unwrap()["usage"], answer["usage"]);
}

#[test]
fn the_whole_answer_is_the_folded_stream() {
    let answer = toy().chat(&question("script", "r:think\nt:a\nt:b\nu:3,4\nend")).json();
    assert_eq!(answer["object"], "chat.completion");
    assert_eq!(
        answer["choices"],
        json!([{"index": 0, "finish_reason": "stop", "logprobs": null,
            "message": {"role": "assistant", "content": "ab", "refusal": null, "reasoning_content": "think"}}])
    );
}

#[test]
fn a_failure_before_the_first_output_has_its_own_status() {
    for script in ["fault", "u:1,1\nfault", ""] {
        let app = toy();
        let answer = app.chat(&stream("script", &format!("{script}\n")));
        assert_eq!((answer.status, answer.error()["code"].as_str()), (502, Some("upstream_error")), "{script}");
        assert_eq!(app.chat(&question("script", &format!("{script}\n"))).status, 502);
    }
}

#[test]
fn a_failure_after_output_ends_the_stream_with_an_error_and_without_done() {
    for script in ["t:half\nfault", "r:half\nfault", "t:half"] {
        // Each has an account of its own: after three failures in a row it would rest.
        let app = toy();
        let answer = app.chat(&stream("script", script));
        let frames = answer.frames();
        let last: Value = serde_json::from_str(frames.last().unwrap()).unwrap();
        assert!(last["error"]["message"].is_string() && last.get("choices").is_none(), "{script}: {last}");
        assert!(!answer.body.contains("[DONE]") && !answer.body.contains("finish_reason\":\"stop"), "{}", answer.body);
        assert_eq!(app.chat(&question("script", script)).status, 502, "a whole answer is whole or an error");
    }
}

#[test]
fn an_answer_may_be_empty() {
    let app = toy();
    let answer = app.chat(&stream("script", "end"));
    check_contract(&answer);
    assert_eq!(app.chat(&question("script", "end")).json()["choices"][0]["message"]["content"], "");
}

/// A frame that passes as it is says the same as one that is rebuilt.
#[test]
fn passed_and_rebuilt_streams_say_the_same() {
    let fake = FakeUpstream::start(fake_upstream::FIXTURES_DIR).unwrap();
    let address = format!("{}/v1", fake.base_url());
    let fixtures = ["ok", "fixture-openai_stream", "fixture-tool_call_streamed", "fixture-two_choices_interleaved"];
    let unclean = ["fixture-finish_reason_with_content", "fixture-null_fields_in_the_delta", "fixture-role_repeated"];
    for name in fixtures.iter().chain(&["fixture-reasoning_content", "fixture-finish_length"]).chain(&unclean) {
        let key = format!("sk-{name}");
        let variables = [("OPENAI_COMPATIBLE_BASE_URL", address.as_str()), ("OPENAI_COMPATIBLE_API_KEY", &key)];
        let told = |stages: &'static [Maker]| {
            let app = start_with(&variables, Parts { stages, ..Parts::default() });
            app.chat(&stream("fake-large", "hi")).chunks().iter().map(essence).collect::<Vec<_>>()
        };
        let (passed, rebuilt) = (told(STAGES), told(WITH_REBUILD));
        assert_eq!(passed, rebuilt, "{name}");
        assert!(passed.len() > 2, "{name}");
    }
}

/// What a chunk says, without fields that say nothing.
fn essence(chunk: &Value) -> Value {
    let mut chunk = chunk.clone();
    strip(&mut chunk);
    if let Some(usage) = chunk.get("usage").filter(|usage| usage.is_object()) {
        // The neutral model knows these; what else an upstream counts passes with its own frame only.
        let known = ["prompt_tokens", "completion_tokens", "total_tokens"].map(|count| usage[count].clone());
        chunk["usage"] = known.to_vec().into();
    }
    for decoration in ["system_fingerprint", "service_tier", "obfuscation"] {
        chunk.as_object_mut().unwrap().remove(decoration);
    }
    chunk
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, value| !(value.is_null() || name == "type" || name == "content" && value == ""));
            fields.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}
