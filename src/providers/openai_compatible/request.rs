//! A request → the body that one service is sent: the client's own bytes, unless something has to be said differently.

use bytes::Bytes;
use serde_json::value::RawValue;
use serde_json::{Error, Value, json};

use super::dialect::{Dialect, StreamUsage, ThinkingSwitch};
use crate::chat::{ChatRequest, Fault, FaultKind};
use crate::openai::{RawObject, rewrite};

/// Whether requests pass through `dialect` without a change of their body.
pub fn passes(dialect: &Dialect) -> bool {
    dialect.rename.is_empty()
        && dialect.drop.is_empty()
        && dialect.set.is_empty()
        && dialect.stream_usage == StreamUsage::StreamOptions
}

/// The body for `model`; `passes` is what [`passes`] says of `dialect`.
///
/// # Errors
/// A defect of ours.
pub fn body(dialect: &Dialect, passes: bool, request: &ChatRequest, model: &str) -> Result<Bytes, Fault> {
    let wrong = |_| Fault::new(FaultKind::Internal, "the request cannot be written for the upstream");
    if passes && !request.changed && !switches(dialect, request) {
        if request.model == model {
            return Ok(request.body.clone());
        }
        let name = serde_json::to_vec(model).map_err(wrong)?;
        let (before, behind) = (&request.body[..request.model_at.start], &request.body[request.model_at.end..]);
        return Ok([before, &name, behind].concat().into());
    }
    rewritten(dialect, request, model).map(Bytes::from).map_err(wrong)
}

/// Whether thinking or search has to be switched in the service's own words.
fn switches(dialect: &Dialect, request: &ChatRequest) -> bool {
    dialect.thinking.is_some() && request.thinking.is_some() || dialect.search && request.search.is_some()
}

fn rewritten(dialect: &Dialect, request: &ChatRequest, model: &str) -> Result<Vec<u8>, Error> {
    let mut object: RawObject<'_> = serde_json::from_slice(&request.body)?;
    object.set("model", raw(&model.into())?);
    if request.changed {
        rewrite::apply(&mut object, request)?;
    }
    switch(dialect, request, &mut object)?;
    for (from, to) in &dialect.rename {
        object.rename(from, to);
    }
    dialect.drop.iter().for_each(|name| object.remove(name));
    if dialect.stream_usage != StreamUsage::StreamOptions {
        object.remove("stream_options");
    }
    for (name, value) in &dialect.set {
        object.set(name, raw(&serde_json::to_value(value)?)?);
    }
    serde_json::to_vec(&object)
}

/// Says in the service's words what the client said in others'. What it said in the service's own words stays.
fn switch(dialect: &Dialect, request: &ChatRequest, object: &mut RawObject<'_>) -> Result<(), Error> {
    let thinking = match (dialect.thinking, request.thinking) {
        (Some(ThinkingSwitch::EnableThinking), Some(thinks)) => Some(("enable_thinking", json!(thinks))),
        (Some(ThinkingSwitch::TypeObject), Some(thinks)) => {
            Some(("thinking", json!({ "type": if thinks { "enabled" } else { "disabled" } })))
        }
        _ => None,
    };
    let search = request.search.filter(|_| dialect.search).map(|searches| ("enable_search", json!(searches)));
    for (name, value) in thinking.into_iter().chain(search) {
        if object.get(name).is_none_or(|written| written == "null") {
            object.set(name, raw(&value)?);
        }
    }
    Ok(())
}

fn raw(value: &Value) -> Result<Box<RawValue>, Error> {
    RawValue::from_string(value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openai::request::parse;

    fn sent(dialect: &Dialect, more: &str) -> Value {
        let text = format!(r#"{{"model":"m","messages":[{{"role":"user","content":"a"}}]{more}}}"#);
        let request = parse(text.into()).unwrap();
        serde_json::from_slice(&body(dialect, passes(dialect), &request, "m").unwrap()).unwrap()
    }

    #[test]
    fn thinking_and_search_are_switched_in_the_services_words() {
        let own = Dialect { thinking: Some(ThinkingSwitch::EnableThinking), search: true, ..Dialect::default() };
        assert_eq!(sent(&own, r#","reasoning_effort":"high","web_search_options":{}"#)["enable_thinking"], true);
        assert_eq!(sent(&own, r#","web_search_options":{}"#)["enable_search"], true);
        assert_eq!(sent(&own, r#","reasoning_effort":"none""#)["enable_thinking"], false);
        assert_eq!(sent(&own, r#","reasoning_effort":"none","enable_thinking":true"#)["enable_thinking"], true);
        let object = Dialect { thinking: Some(ThinkingSwitch::TypeObject), ..Dialect::default() };
        assert_eq!(sent(&object, r#","enable_thinking":false"#)["thinking"], json!({"type": "disabled"}));
        assert!(sent(&own, "").get("enable_thinking").is_none());
    }
}
